"""Pyramid's renderer for pages: the theme of this request, the documented context, notes for staff."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from markupsafe import escape

from ezcore.languages import Tongue, tongue
from ezcore.web.shared import cycles, markup
from ezcore.web.shared.icon_sheet import menu_icon
from ezcore.web.shared.navigation import admin_menu, client_menu
from ezcore.web.shared.sessions import login_session
from ezcore.web.shared.slots import draw_slot
from ezcore.web.shared.theme_choice import Dress
from ezcore.web.shared.theme_notes import with_notes
from ezcore.web.shared.tongues import choices


class _WhenPrinted:
    """Text that is made when a template prints it: a page without a form hands out no CSRF cookie."""

    def __init__(self, make: Callable[[], str]) -> None:
        self._make = make

    def __str__(self) -> str:
        return self._make()

    def __html__(self) -> str:
        return str(escape(self._make()))


class ThemeRenderer:
    """Pyramid's renderer factory for names that end in `.pt`."""

    def __init__(self, info: Any) -> None:
        self.name = info.name

    def __call__(self, value: dict[str, Any], system: dict[str, Any]) -> str:
        """The page of a view that returned `value`."""
        request = system["request"]
        request.response.content_type = "text/html"
        return render(request, self.name, value)


def render(request: Any, template: str, value: dict[str, Any]) -> str:
    """Render a page for this request with the documented context (themes/base/README.md)."""
    dress: Dress = request.dress
    context = {**context_of(request), **value}
    return with_notes(request, dress.theme.draw(template, context), context)


def context_of(request: Any) -> dict[str, Any]:
    """What every template knows."""
    settings = request.registry["ez.work"].settings
    zone = settings.shop.time_zone
    dress: Dress = request.dress
    now = tongue()
    return {
        **_printing(now, zone),
        "request": request,
        "actor": request.actor,
        "shop": settings.shop,
        "icon": markup.icon,
        "menu_icon": lambda name: menu_icon(dress.static, name),
        "safe_href": markup.safe_href,
        "lines": markup.lines,
        "per": cycles.per,
        "cycle_name": cycles.name_of,
        "url": request.route_path,
        "static": dress.static.url,
        "styles": dress.styles,
        "logo": dress.logo,
        "csrf_token": _WhenPrinted(lambda: request.csrf_field_value),
        "flashes": request.flashes,
        "mode": request.color_mode,
        "path": request.path,
        "client_menu": lambda: client_menu(request),
        "admin_menu": lambda: admin_menu(request),
        "language_menu": lambda: choices(request),
        "cart_size": getattr(request, "cart_size", 0),
        "visit": login_session(request),
        "slot": lambda name, **about: draw_slot(request, name, **about),
        "has_route": lambda name: name in request.registry.get("ez.routes", {}),
    }


def _printing(now: Tongue, zone: str) -> dict[str, Any]:
    """Amounts, dates and states as this language writes them."""
    return {
        "money": lambda amount: markup.money(amount, now.locale),
        "badge": markup.badge,
        "day": lambda value: markup.day(value, now.locale),
        "moment": lambda value: markup.moment(value, zone, now.locale),
    }
