"""What can be wrong with a link to an invoice."""

from __future__ import annotations

from ezcore.kernel.errors import EzError


class LinkOver(EzError):
    """This link was good once and is no longer: it ran out, or what it leads to is settled."""
