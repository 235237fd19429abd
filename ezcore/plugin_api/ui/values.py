"""What a plugin may put on a page: data that the core draws and escapes, never HTML.

Every text has a limit (`LONGEST` characters, labels `SHORT`); what is longer, of another type or a subclass of `str`
is refused as a whole, and staff are told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, Literal

from ezcore.kernel.money import Money

SHORT: Final = 120
LONGEST: Final = 2000
MOST_ROWS: Final = 40
MOST: Final = 20
"""So many contributions may come from one call."""
MOST_IDS: Final = 5000
"""So many records a filter may name."""

Cell = str | int | Decimal | Money | date | datetime
Kind = Literal["ok", "info", "warn", "bad"]
Method = Literal["GET", "POST"]


@dataclass(frozen=True)
class Row:
    """A word and its value; with `href` the value is a link.

    `is_word`: the value is a word of the plugin, said in the reader's language.
    """

    label: str
    value: Cell
    href: str | None = None
    is_word: bool = False


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
    """A card with rows, a text and buttons. One without any of them is not drawn.

    `template` is a file of the plugin's `templates()` that prints one piece of HTML between rows and text; it knows
    `facts` by their names, and what docs/plugins/ui.md lists. A theme may replace it (plugin/<name>/<template>).
    """

    key: str
    title: str
    rows: tuple[Row, ...] = ()
    text: str = ""
    actions: tuple[Action, ...] = ()
    order: int = 50
    template: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


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


@dataclass(frozen=True)
class Badge:
    """A word with a colour and a shape, as a cell of a column."""

    text: str
    kind: Kind = "info"


@dataclass(frozen=True)
class Column:
    """One more thing to say of each row: `cells` by the id of the row. A row that is not in it stays empty."""

    key: str
    label: str
    cells: Mapping[int, Cell | Badge]
    order: int = 50


@dataclass(frozen=True)
class Filter:
    """A choice above a list of staff. It leaves the rows of these `ids` and of these `names`, at most `MOST_IDS` each.

    A name is the number of an invoice, the mail address of a client, or a domain name; services go by id only.
    Both are needed of the filter whose key is `about.chosen`; the others may leave them empty.
    """

    key: str
    label: str
    ids: frozenset[int] = frozenset()
    names: frozenset[str] = frozenset()
    order: int = 50


@dataclass(frozen=True)
class SearchHit:
    """A record that the search box of staff finds, below those of the core."""

    key: str
    label: str
    href: str
    detail: str = ""
    order: int = 50
