"""The named places of pages that plugins may fill, and how a plugin says that it fills one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from ezcore.plugin_api.ui.context import SlotContext
from ezcore.plugin_api.ui.contributions import Contribution
from ezcore.plugin_api.ui.reports import Report
from ezcore.plugin_api.ui.values import (
    Action,
    Column,
    DashboardWidget,
    Filter,
    MenuItem,
    Notice,
    Panel,
    SearchHit,
    StatusLine,
    Tab,
)


@dataclass(frozen=True)
class Slot:
    """What may stand in a place, what its context is about, and where it is."""

    takes: tuple[type[Contribution], ...]
    about: tuple[str, ...]
    where: str


_CARDS = (Notice, StatusLine, Panel)
SLOTS: Final[dict[str, Slot]] = {
    "client.dashboard.main": Slot((*_CARDS, DashboardWidget), (), "Above the services of the dashboard"),
    "client.dashboard.side": Slot(_CARDS, (), "Below what stands beside them"),
    "client.product.options.after": Slot(_CARDS, ("product",), "Below the options of a product"),
    "client.cart.line": Slot((Column,), ("rows",), "A line below the name of each product in the cart"),
    "client.checkout.account": Slot(_CARDS, (), "Above who orders"),
    "client.checkout.billing": Slot(_CARDS, (), "Above who is billed"),
    "client.checkout.review": Slot(_CARDS, (), "Above what is ordered"),
    "client.service.summary": Slot((Notice, StatusLine), ("service",), "On top of a service"),
    "client.service.usage": Slot((*_CARDS, DashboardWidget), ("service",), "Below how to reach a service"),
    "client.service.actions": Slot((Action,), ("service",), "Buttons beside its name, for who may manage it"),
    "client.service.tabs": Slot((Tab,), ("service",), "Links to pages of the plugin, below its name"),
    "client.service.side": Slot(_CARDS, ("service",), "Beside the facts of a service"),
    "client.invoice.pay": Slot(_CARDS, ("invoice",), "Below the ways to pay, while something is due"),
    "client.invoice.side": Slot(_CARDS, ("invoice",), "Beside an invoice, below how to pay it"),
    "client.domain.tabs": Slot((Tab,), ("domain",), "Links below the pages of a domain name"),
    "client.ticket.side": Slot(_CARDS, ("ticket",), "Beside a ticket"),
    "client.account.nav": Slot((MenuItem,), (), "Entries of the account menu, for who is logged in"),
    "client.login.methods": Slot((Action,), (), "Buttons below the password"),
    "client.footer": Slot((MenuItem,), (), "The links at the foot of every page"),
    "admin.dashboard.main": Slot((*_CARDS, DashboardWidget), (), "Below the figures"),
    "admin.dashboard.side": Slot(_CARDS, (), "Below automation"),
    "admin.client.side": Slot(_CARDS, ("client",), "Beside a client"),
    "admin.client.tabs": Slot((Tab,), ("client",), "Links below the pages of a client"),
    "admin.client.actions": Slot((Action,), ("client",), "Buttons beside the name of a client"),
    "admin.order.side": Slot(_CARDS, ("order", "client"), "Below the facts of an order"),
    "admin.order.actions": Slot((Action,), ("order", "client"), "Buttons beside the number"),
    "admin.product.tabs": Slot((Tab,), ("product",), "Links below the name of a product"),
    "admin.service.summary": Slot((Notice, StatusLine), ("service", "client"), "On top of a service"),
    "admin.service.actions": Slot((Action,), ("service", "client"), "Buttons beside its name"),
    "admin.service.tabs": Slot((Tab,), ("service", "client"), "Links below its name"),
    "admin.service.side": Slot(_CARDS, ("service", "client"), "Beside a service"),
    "admin.invoice.actions": Slot((Action,), ("invoice", "client"), "Buttons beside the number"),
    "admin.invoice.side": Slot(_CARDS, ("invoice", "client"), "Beside an invoice"),
    "admin.domain.side": Slot(_CARDS, ("domain",), "Beside a domain name"),
    "admin.server.summary": Slot((Notice, StatusLine), ("server",), "On top of a server"),
    "admin.server.tabs": Slot((Tab,), ("server",), "Links below its name"),
    "admin.nav": Slot((MenuItem,), (), "A group of its own at the end of the menu of staff"),
    "admin.settings.sections": Slot(
        (MenuItem, Panel), (), "On the page of settings, below those of the core"
    ),
    "admin.reports": Slot((Report,), (), "Pages of reports, listed below those of the core"),
    "admin.search": Slot((SearchHit,), ("search",), "Below what the search of staff found"),
    "admin.services.columns": Slot((Column,), ("rows",), "Columns at the end of the list of services"),
    "admin.services.filters": Slot((Filter,), (), "Choices above it"),
    "admin.clients.columns": Slot((Column,), ("rows",), "Columns at the end of the list of clients"),
    "admin.clients.filters": Slot((Filter,), (), "Choices above it; they hold for the file too"),
    "admin.invoices.columns": Slot((Column,), ("rows",), "Columns at the end of the list of invoices"),
    "admin.invoices.filters": Slot((Filter,), (), "Choices above it"),
    "admin.domains.columns": Slot((Column,), ("rows",), "Columns at the end of the list of domain names"),
    "admin.domains.filters": Slot((Filter,), (), "Choices above it"),
}
"""Stable names: one is taken away with a new version of the plugin API only."""


@dataclass(frozen=True)
class Contributor:
    """A function that fills one slot; given by `ez_register_ui`.

    `give` reads its argument and what the plugin knows, within 300 ms, and returns a list or tuple; it runs in a
    thread of its own, without a request. `permission`: whoever lacks it is not shown anything. `only` is the name of
    a module or gateway: the function is asked about services and servers of that module, and about invoices that
    somebody tried to pay by that gateway. Raises: ValueError for a slot that there is not.
    """

    slot: str
    give: Callable[[SlotContext], Sequence[Contribution]]
    permission: str | None = None
    only: str | None = None

    def __post_init__(self) -> None:
        if self.slot not in SLOTS:
            raise ValueError(f"there is no slot {self.slot!r}; see docs/plugins/ui.md")
