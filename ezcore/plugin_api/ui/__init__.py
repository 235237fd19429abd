"""Places on pages that plugins fill with data (docs/plugins/ui.md)."""

from __future__ import annotations

from ezcore.plugin_api.ui.context import (
    CartLineSeen,
    ClientSeen,
    DomainSeen,
    InvoiceSeen,
    OrderSeen,
    PaymentSeen,
    ProductSeen,
    RowSeen,
    ServerSeen,
    ServiceSeen,
    SlotContext,
    TicketSeen,
    Viewer,
)
from ezcore.plugin_api.ui.contributions import Contribution
from ezcore.plugin_api.ui.reports import Figure, Period, Report, ReportRow
from ezcore.plugin_api.ui.slots import SLOTS, Contributor, Slot
from ezcore.plugin_api.ui.values import (
    Action,
    Badge,
    Cell,
    Column,
    DashboardWidget,
    Filter,
    MenuItem,
    Notice,
    Panel,
    Row,
    SearchHit,
    StatusLine,
    Tab,
)

__all__ = [
    "SLOTS",
    "Action",
    "Badge",
    "CartLineSeen",
    "Cell",
    "ClientSeen",
    "Column",
    "Contribution",
    "Contributor",
    "DashboardWidget",
    "DomainSeen",
    "Figure",
    "Filter",
    "InvoiceSeen",
    "MenuItem",
    "Notice",
    "OrderSeen",
    "Panel",
    "PaymentSeen",
    "Period",
    "ProductSeen",
    "Report",
    "ReportRow",
    "Row",
    "RowSeen",
    "SearchHit",
    "ServerSeen",
    "ServiceSeen",
    "Slot",
    "SlotContext",
    "StatusLine",
    "Tab",
    "TicketSeen",
    "Viewer",
]
