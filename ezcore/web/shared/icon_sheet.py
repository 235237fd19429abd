"""One cacheable file with the icons of the admin menu: inlined, they were half of every page of staff."""

from __future__ import annotations

from functools import cache
from typing import Final, Protocol

from markupsafe import Markup

from ezcore.web.shared.markup import icon, shapes
from ezcore.web.shared.navigation import ADMIN

SHEET: Final = "menu.svg"


class HasAddresses(Protocol):
    """Where static files of a theme are found: their addresses carry a hash of what is in them."""

    def url(self, name: str) -> str:
        """The address of a file."""


@cache
def sheet() -> bytes:
    """The SVG file: a symbol for each icon of the menu, named as lucide names it."""
    symbol = Markup('<symbol id="{}" viewBox="0 0 24 24">{}</symbol>')
    drawn = Markup("").join(symbol.format(name, shapes(name)) for name in sorted(_names()))
    return Markup('<svg xmlns="http://www.w3.org/2000/svg">{}</svg>').format(drawn).encode()


def menu_icon(static: HasAddresses, name: str) -> Markup:
    """An icon of the menu, drawn from the sheet; inlined where the sheet has none of this name."""
    if name not in _names():
        return icon(name)
    used = Markup('<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>')
    return used.format(static.url(SHEET), name)


@cache
def _names() -> frozenset[str]:
    return frozenset(symbol for _, entries in ADMIN for _, symbol, _ in entries)
