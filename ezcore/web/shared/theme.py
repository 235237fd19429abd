"""Renders templates from the theme chain: child theme, its parents, plugins, base."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from chameleon import PageTemplate, PageTemplateLoader
from markupsafe import escape

from ezcore.plugin_api.themes import ThemeChain
from ezcore.web.shared import cycles, markup
from ezcore.web.shared.navigation import admin_menu, client_menu


@cache
def _loader(folder: Path, reload: bool) -> Any:  # noqa: FBT001 - private, and cached by position
    """One per folder and process: applications that share a theme share its compiled templates."""
    return PageTemplateLoader(str(folder), auto_reload=reload)


class Theme:
    """Compiled templates of one chain.

    `base:layouts/client.pt` names one theme of the chain: a child extends its parent that way, for a macro
    runs in its caller's context and does not know its own file.
    """

    def __init__(self, chain: ThemeChain, *, reload: bool = False) -> None:
        self.chain = chain
        self._reload = reload
        self._found: dict[str, PageTemplate] = {}

    def load(self, spec: str) -> PageTemplate:
        """The template of this name. Raises: LookupError."""
        if spec not in self._found or self._reload:
            folder, path = self.chain.find(spec)
            self._found[spec] = _loader(folder, self._reload)[path]
        return self._found[spec]

    def render(self, spec: str, **context: Any) -> str:
        """The page as text."""
        text: str = self.load(spec).render(theme=self.load, **context)
        # A frame is a macro that begins at <html>: what stands before it in the file is not part of it.
        return f"<!DOCTYPE html>\n{text}" if text.startswith("<html") else text


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
    theme: Theme = request.registry["ez.theme"]
    return theme.render(template, **{**context_of(request), **value})


def context_of(request: Any) -> dict[str, Any]:
    """What every template knows."""
    settings = request.registry["ez.work"].settings
    zone = settings.shop.time_zone
    return {
        "request": request,
        "actor": request.actor,
        "shop": settings.shop,
        "icon": markup.icon,
        "money": markup.money,
        "badge": markup.badge,
        "day": markup.day,
        "moment": lambda value: markup.moment(value, zone),
        "safe_href": markup.safe_href,
        "lines": markup.lines,
        "per": cycles.per,
        "cycle_name": cycles.name_of,
        "url": request.route_path,
        "static": request.registry["ez.static"].url,
        "csrf_token": _WhenPrinted(lambda: request.csrf_field_value),
        "flashes": request.flashes,
        "mode": request.color_mode,
        "path": request.path,
        "client_menu": lambda: client_menu(request),
        "admin_menu": lambda: admin_menu(request),
        "cart_size": getattr(request, "cart_size", 0),
    }
