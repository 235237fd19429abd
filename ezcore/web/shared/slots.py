"""The slots of a page: plain facts of what it shows go to plugins; what they give is made ready to be drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from markupsafe import Markup, escape

from ezcore.kernel.money import Money
from ezcore.languages import say
from ezcore.plugin_api.ui import (
    Action,
    Badge,
    Column,
    DashboardWidget,
    MenuItem,
    Notice,
    Panel,
    SearchHit,
    StatusLine,
    Tab,
)
from ezcore.plugin_host.ui import Filled, Given, WrongContribution
from ezcore.web.shared import markup
from ezcore.web.shared.plugin_templates import draw_panel
from ezcore.web.shared.seen import context_for, line_seen


@dataclass(frozen=True)
class Drawing:
    """What the macro of `ui/slot.pt` draws. `tagged`: staff look, so it says which plugin brought what.

    `pieces` is what templates of plugins printed, by plugin and panel.
    """

    slot: str
    filled: Filled
    tagged: bool
    zone: str
    pieces: Mapping[tuple[str, str], Markup] = field(default_factory=dict)

    def of(self, kind: type[Any]) -> list[Given]:
        """Contributions of one kind, in their order."""
        return [one for one in self.filled.given if type(one.what) is kind]

    @property
    def is_empty(self) -> bool:
        """Nothing at all is to be drawn."""
        return not self.filled.given and not self.notes

    @property
    def notices(self) -> list[Given]:
        """Boxes."""
        return self.of(Notice)

    @property
    def statuses(self) -> list[Given]:
        """Lines that say how something is."""
        return self.of(StatusLine)

    @property
    def tabs(self) -> list[Given]:
        """Links to pages of plugins about this thing."""
        return self.of(Tab)

    @property
    def widgets(self) -> list[Given]:
        """Figures."""
        return self.of(DashboardWidget)

    @property
    def panels(self) -> list[Given]:
        """Cards."""
        return self.of(Panel)

    @property
    def actions(self) -> list[Given]:
        """Buttons."""
        return self.of(Action)

    @property
    def menu(self) -> list[Given]:
        """Entries of a menu."""
        return self.of(MenuItem)

    @property
    def hits(self) -> dict[str, list[Given]]:
        """What plugins found, by plugin."""
        found: dict[str, list[Given]] = {}
        for one in self.of(SearchHit):
            found.setdefault(one.plugin, []).append(one)
        return found

    @property
    def notes(self) -> tuple[tuple[str, str], ...]:
        """(plugin, why something of it is missing), for staff."""
        return self.filled.notes if self.tagged else ()

    def piece(self, one: Given) -> Markup:
        """What the template of a panel printed; nothing when it has none."""
        return self.pieces.get((one.plugin, one.what.key), Markup(""))

    def lines_of(self, ident: int) -> list[tuple[str, str | Markup]]:
        """What columns say of one row: label and cell."""
        columns = [column for _, column in self.filled.of(Column) if ident in column.cells]
        return [(column.label, self.cell(column.cells[ident])) for column in columns]

    def cell(self, value: Any) -> str | Markup:
        """A value as this language writes it; text is escaped by the template."""
        return draw_cell(value, self.zone)


NOBODY: Final = Drawing("", Filled(), tagged=True, zone="UTC")
"""A slot that was not asked."""


def draw_cell(value: Any, zone: str) -> str | Markup:
    """A value as this language writes it, escaped."""
    if type(value) is Badge:
        return Markup('<span class="badge is-{}">{}</span>').format(value.kind, say(value.text))
    if type(value) is Money:
        return markup.money(value)
    if type(value) is datetime:
        return markup.moment(value, zone)
    if type(value) is date:
        return markup.day(value)
    return escape(f"{value:f}" if type(value) is Decimal else str(value))


def ask_slot(request: Any, name: str, **about: Any) -> Filled:
    """What plugins give for a slot; nothing is asked of the database here.

    `about`: rows that the page has read already (service, product, resource, server, client, invoice, payments,
    domain, order, ticket), `rows` of a list as plain facts, `chosen`, `search`.
    Nobody is asked on a page that answers a POST: its unit of work writes, and a plugin would wait for it.
    """
    asked = contributors(request, name)
    return request.host_of_plugins.slots.fill(asked, context_for(request, name, about)) if asked else Filled()


def contributors(request: Any, name: str) -> list[Any]:
    """(plugin, contributor) of those who are asked for this reader."""
    if request.method not in ("GET", "HEAD"):
        return []
    found, actor = request.host_of_plugins.slots.contributors(name), request.actor
    return [one for one in found if one[1].permission is None or actor.may(one[1].permission)]


def draw_slot(request: Any, name: str, **about: Any) -> Drawing:
    """Fill a slot and make it ready for `ui/slot.pt`."""
    zone = request.registry["ez.work"].settings.shop.time_zone
    if "lines" in about:  # of the cart, as the page has priced them
        about["rows"] = [line_seen(line) for line in about.pop("lines")]
    filled = ask_slot(request, name, **about)
    if any(type(one.what) is Panel and one.what.template for one in filled.given):
        filled, pieces = _with_pieces(request, name, filled)
        return Drawing(name, filled, request.actor.kind == "staff", zone, pieces)
    return Drawing(name, filled, request.actor.kind == "staff", zone)


def _with_pieces(request: Any, name: str, filled: Filled) -> tuple[Filled, dict[tuple[str, str], Markup]]:
    """What templates print; a panel whose template fails is left out, one that comes out empty too."""
    pieces, notes, given = {}, dict(filled.notes), []
    for one in filled.given:
        panel = one.what
        if type(panel) is not Panel or not panel.template:
            given.append(one)
            continue
        try:
            piece = draw_panel(request, name, one.plugin, panel)
        except WrongContribution as error:
            notes[one.plugin] = str(error)
            continue
        pieces[one.plugin, panel.key] = piece
        if piece.strip() or panel.rows or panel.text or panel.actions:
            given.append(one)
    return Filled(tuple(given), tuple(notes.items())), pieces
