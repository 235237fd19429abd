"""Verbs of refunds."""

from ezcore.billing.refunds.operations.mirror import mirror
from ezcore.billing.refunds.operations.request import request, write
from ezcore.billing.refunds.operations.settle import told

__all__ = ["mirror", "request", "told", "write"]
