"""Places on pages that plugins fill with data (docs/plugins/ui.md)."""

from __future__ import annotations

from ezcore.plugin_api.ui.context import (
    ClientSeen,
    DomainSeen,
    InvoiceSeen,
    PaymentSeen,
    ServerSeen,
    ServiceSeen,
    SlotContext,
    Viewer,
)
from ezcore.plugin_api.ui.slots import SLOTS, Contributor, Slot
from ezcore.plugin_api.ui.values import (
    Action,
    Contribution,
    DashboardWidget,
    MenuItem,
    Notice,
    Panel,
    Row,
    StatusLine,
    Tab,
)

__all__ = [
    "SLOTS",
    "Action",
    "ClientSeen",
    "Contribution",
    "Contributor",
    "DashboardWidget",
    "DomainSeen",
    "InvoiceSeen",
    "MenuItem",
    "Notice",
    "Panel",
    "PaymentSeen",
    "Row",
    "ServerSeen",
    "ServiceSeen",
    "Slot",
    "SlotContext",
    "StatusLine",
    "Tab",
    "Viewer",
]
