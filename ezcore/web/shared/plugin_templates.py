"""Panels that a template of a plugin prints: in a thread with a time limit, and looked at before a page takes them."""

from __future__ import annotations

from contextvars import copy_context
from functools import partial
from html.parser import HTMLParser
from typing import Any, Final

from markupsafe import Markup

from ezcore.languages import tongue
from ezcore.plugin_api.ui import Panel
from ezcore.plugin_host.ui import WrongContribution
from ezcore.web.shared import cycles, markup

LIMIT: Final = 1.0
"""Seconds for one template; it has been compiled before, and it prints facts that are there already."""
LONGEST: Final = 20_000
VOID: Final = frozenset({"br", "hr", "img", "input", "wbr", "source", "track", "col", "area"})
REFUSED: Final = frozenset(
    {
        "script",
        "style",
        "link",
        "meta",
        "base",
        "iframe",
        "object",
        "embed",
        "html",
        "head",
        "body",
        "main",
        "template",
    }
)
"""The content security policy refuses most of them as well; here the panel is left out and staff read why."""


def draw_panel(request: Any, slot: str, plugin: str, panel: Panel) -> Markup:
    """The piece of HTML. Raises: WrongContribution."""
    theme, spec = request.dress.theme, f"plugin/{plugin}/{panel.template}"
    context = {**_context(request), **panel.facts}
    try:
        theme.load(spec).cook_check()  # compiling is paid by the first page, not by the plugin's time
    except Exception as error:
        raise WrongContribution(f"its template {panel.template}: {type(error).__name__}") from error
    draw = partial(copy_context().run, theme.render, spec, **context)
    printed = request.host_of_plugins.slots.ask_one(plugin, slot, draw, checked_piece, LIMIT)
    return Markup(printed)  # noqa: S704  # nosec B704 - printed by a template that escapes, and looked at


def checked_piece(text: Any) -> str:
    """The text, if it is one piece of HTML that cannot leave its card. Raises: WrongContribution."""
    if type(text) is not str or len(text) > LONGEST or text.startswith("<!DOCTYPE"):
        raise WrongContribution(f"its template must print a piece of a page of at most {LONGEST} characters")
    look = _Look()
    look.feed(text)
    look.close()
    if look.open:
        raise WrongContribution(f"its template does not close <{look.open[-1]}>")
    return text


class _Look(HTMLParser):
    """Reads a piece of HTML as a browser would: what is opened is closed, nothing of it is refused."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Refuse elements and attributes that the policy of our pages refuses."""
        if tag in REFUSED:
            raise WrongContribution(f"its template prints <{tag}>")
        for name, _ in attrs:
            if name == "style" or name.startswith("on"):
                raise WrongContribution(f"its template prints the attribute {name}")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take `<path/>` as closed."""
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        """Refuse to close what the piece did not open."""
        if tag in VOID:
            return
        if not self.open or self.open.pop() != tag:
            raise WrongContribution(f"its template closes <{tag}>, which it did not open")


def _context(request: Any) -> dict[str, Any]:
    settings, dress, now = request.settings, request.dress, tongue()
    zone = settings.shop.time_zone
    return {
        "shop": settings.shop,
        "icon": markup.icon,
        "safe_href": markup.safe_href,
        "lines": markup.lines,
        "per": cycles.per,
        "cycle_name": cycles.name_of,
        "url": request.route_path,
        "static": dress.static.url,
        "csrf_token": str(request.csrf_field_value),
        "money": lambda amount: markup.money(amount, now.locale),
        "badge": markup.badge,
        "day": lambda value: markup.day(value, now.locale),
        "moment": lambda value: markup.moment(value, zone, now.locale),
    }
