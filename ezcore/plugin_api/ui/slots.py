"""The named places of pages that plugins may fill, and how a plugin says that it fills one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from ezcore.plugin_api.ui.context import SlotContext
from ezcore.plugin_api.ui.values import (
    Action,
    Contribution,
    DashboardWidget,
    MenuItem,
    Notice,
    Panel,
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
    "client.service.summary": Slot((Notice, StatusLine), ("service",), "On top of a service"),
    "client.service.actions": Slot((Action,), ("service",), "Buttons beside its name, for who may manage it"),
    "client.service.tabs": Slot((Tab,), ("service",), "Links to pages of the plugin, below its name"),
    "client.service.side": Slot(_CARDS, ("service",), "Beside the facts of a service"),
    "client.invoice.side": Slot(_CARDS, ("invoice",), "Beside an invoice, below how to pay it"),
    "client.footer": Slot((MenuItem,), (), "The links at the foot of every page"),
    "admin.dashboard.main": Slot((*_CARDS, DashboardWidget), (), "Below the figures"),
    "admin.dashboard.side": Slot(_CARDS, (), "Below automation"),
    "admin.client.side": Slot(_CARDS, ("client",), "Beside a client"),
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
