"""What a plugin may put on a page: data that the core draws and escapes, never HTML.

Every text has a limit (`LONGEST` characters, labels `SHORT`); what is longer, of another type or a subclass of `str`
is refused as a whole, and staff are told.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final, Literal

from ezcore.kernel.money import Money

SHORT: Final = 120
LONGEST: Final = 2000
MOST_ROWS: Final = 40
MOST: Final = 20
"""So many contributions may come from one call."""

Cell = str | int | Decimal | Money | date | datetime
Kind = Literal["ok", "info", "warn", "bad"]
Method = Literal["GET", "POST"]


@dataclass(frozen=True)
class Row:
    """A word and its value; with `href` the value is a link."""

    label: str
    value: Cell
    href: str | None = None


@dataclass(frozen=True)
class Action:
    """A button. `href`: a path of this site or https; a POST goes to a page of the plugin's own only."""

    key: str
    label: str
    href: str
    method: Method = "GET"
    danger: bool = False
    order: int = 50


@dataclass(frozen=True)
class Panel:
    """A card with rows, a text and buttons. One without any of them is not drawn."""

    key: str
    title: str
    rows: tuple[Row, ...] = ()
    text: str = ""
    actions: tuple[Action, ...] = ()
    order: int = 50


@dataclass(frozen=True)
class Notice:
    """A box that says something."""

    key: str
    title: str
    kind: Kind = "info"
    text: str = ""
    action: Action | None = None
    order: int = 50


@dataclass(frozen=True)
class StatusLine:
    """How something is, in one line: `label`, then `text` by colour and shape."""

    key: str
    label: str
    text: str
    kind: Kind = "info"
    order: int = 50


@dataclass(frozen=True)
class DashboardWidget:
    """A figure with its name, as a tile."""

    key: str
    label: str
    value: Cell
    note: str = ""
    href: str | None = None
    order: int = 50


@dataclass(frozen=True)
class Tab:
    """A page of the plugin's own about the thing that is shown."""

    key: str
    label: str
    href: str
    order: int = 50


@dataclass(frozen=True)
class MenuItem:
    """An entry of a menu."""

    key: str
    label: str
    href: str
    order: int = 50


Contribution = Action | Panel | Notice | StatusLine | DashboardWidget | Tab | MenuItem
