"""The client area: what I have, what I owe, what is being set up."""

from __future__ import annotations

from typing import Any

from ezcore.web.client import account_money, cancel, dashboard, invoices, orders, payments, secrets, services
from ezcore.web.shared.views import include_area


def includeme(config: Any) -> None:
    """Register the area."""
    include_area(config, dashboard, services, cancel, secrets, orders, invoices, payments, account_money)
