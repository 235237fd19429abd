"""How declared views are registered: nothing is open by accident."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import ModuleType
from typing import Any

from ezcore.plugin_api.pages import (
    METHODS,
    PUBLIC_REASONS,
    RATES,
    UNSAFE,
    Declaration,
    Rate,
    UndeclaredView,
    page,
)

__all__ = [
    "METHODS",
    "PUBLIC_REASONS",
    "RATES",
    "UNSAFE",
    "Declaration",
    "Rate",
    "UndeclaredView",
    "declared_in",
    "include_area",
    "methods_of",
    "page",
]


def declared_in(module: ModuleType) -> list[Declaration]:
    """The declarations of a module, in the order of its functions."""
    found: list[Declaration] = []
    for value in vars(module).values():
        if callable(value) and getattr(value, "__module__", None) == module.__name__:
            found.extend(getattr(value, "__ez_pages__", ()))
    return found


def include_area(config: Any, *modules: ModuleType, plugin: str | None = None) -> None:
    """Register the declared views of these modules: all of them or, when one cannot be, none.

    A plugin's addresses get its prefix (`/x/` becomes `/plugins/<name>/x/`, `/admin/x/` becomes
    `/admin/plugins/<name>/x/`) and its route names its name: it cannot stand in front of a page of ours.
    Raises: UndeclaredView.
    """
    known: dict[str, str] = config.registry.setdefault("ez.routes", {})
    declarations: list[Declaration] = config.registry.setdefault("ez.declarations", [])
    found = [declaration for module in modules for declaration in declared_in(module)]
    if plugin is not None:
        found = [_of_plugin(declaration, plugin) for declaration in found]
    _check_together(found, known, declarations)
    for declaration in found:
        if declaration.route not in known:
            known[declaration.route] = declaration.path
            config.add_route(declaration.route, declaration.path)
        _register(config, declaration)
        declarations.append(declaration)


def methods_of(request: Any) -> tuple[str, ...]:
    """The methods that the route of this request answers; none when no route matched or none is declared."""
    route = getattr(request, "matched_route", None)
    declared = request.registry.get("ez.declarations", ())
    methods = {one.method for one in declared if route is not None and one.route == route.name}
    return tuple(sorted(methods | ({"HEAD"} if "GET" in methods else set())))


def _register(config: Any, declaration: Declaration) -> None:
    methods = ("GET", "HEAD") if declaration.method == "GET" else (declaration.method,)
    config.add_view(
        declaration.view, route_name=declaration.route, request_method=methods,
        permission=declaration.permission or "public", renderer=declaration.template,
        require_csrf=declaration.csrf and declaration.method in UNSAFE, ez_page=declaration,
    )  # fmt: skip


def _of_plugin(declaration: Declaration, plugin: str) -> Declaration:
    admin = declaration.path.startswith("/admin/")
    rest = declaration.path.removeprefix("/admin") if admin else declaration.path
    path = f"{'/admin' if admin else ''}/plugins/{plugin}{rest}"
    if admin and declaration.public is not None:
        raise UndeclaredView(f"{plugin}: {declaration.path} is in the admin area and cannot be public")
    template = declaration.template
    if template is not None and not template.startswith("plugin/"):
        template = f"plugin/{plugin}/{template}"
    return replace(declaration, route=f"{plugin}.{declaration.route}", path=path, template=template)


def _check_together(
    found: Sequence[Declaration], known: Mapping[str, str], before: Sequence[Declaration]
) -> None:
    paths = dict(known)
    taken = {(one.route, one.method) for one in before}
    for one in found:
        if paths.setdefault(one.route, one.path) != one.path:
            raise UndeclaredView(f"route {one.route} has two paths")
        if (one.route, one.method) in taken:
            raise UndeclaredView(f"two views answer {one.method} of route {one.route}")
        taken.add((one.route, one.method))
