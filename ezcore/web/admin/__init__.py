"""The admin area: what is broken, what is owed, what runs; every list links to its records."""

from __future__ import annotations

from typing import Any

from ezcore.web.admin import (
    audit,
    automation,
    dashboard,
    invoices,
    jobs,
    ledger,
    mails,
    orders,
    plugins,
    services,
    transactions,
    webhooks,
)
from ezcore.web.shared.views import include_area


def includeme(config: Any) -> None:
    """Register the area."""
    include_area(
        config,
        dashboard,
        orders,
        services,
        invoices,
        transactions,
        ledger,
        jobs,
        automation,
        webhooks,
        mails,
        audit,
        plugins,
    )
