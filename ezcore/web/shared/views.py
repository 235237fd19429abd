"""How a view is declared. A view without a whole declaration is not registered: nothing is open by accident."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Literal, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

PUBLIC_REASONS = ("storefront", "account door", "health", "static", "signed webhook", "mail sink")
RATES = ("page", "form", "login", "mail", "webhook", "none")
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")

Rate = Literal["page", "form", "login", "mail", "webhook", "none"]


@dataclass(frozen=True)
class Declaration:
    """Everything that must be said of a view.

    `permission`, or `public` with a reason from a closed list. `audit` names the audit verb that an unsafe view writes
    (or "none: why"). `ambient=False`: the view gets no unit of work because it calls a vendor.
    """

    route: str
    path: str
    method: str
    permission: str | None
    public: str | None
    csrf: bool
    audit: str | None
    rate: Rate
    template: str | None
    ambient: bool
    view: Callable[..., Any]


class UndeclaredView(Exception):
    """The declaration of a view is not whole."""


def page(
    route: str,
    path: str,
    *,
    method: str = "GET",
    permission: str | None = None,
    public: str | None = None,
    csrf: bool = True,
    audit: str | None = None,
    rate: Rate | None = None,
    template: str | None = None,
    ambient: bool = True,
) -> Callable[[F], F]:
    """Declare a view. Raises: UndeclaredView when something that must be said is not said."""

    def declare(view: F) -> F:
        declaration = Declaration(
            route, path, method, permission, public, csrf, audit,
            rate or ("page" if method == "GET" else "form"), template, ambient, view,
        )  # fmt: skip
        _check(declaration)
        view.__dict__.setdefault("__ez_pages__", []).append(declaration)
        return view

    return declare


def declared_in(module: ModuleType) -> list[Declaration]:
    """The declarations of a module, in the order of its functions."""
    found: list[Declaration] = []
    for value in vars(module).values():
        if callable(value) and getattr(value, "__module__", None) == module.__name__:
            found.extend(getattr(value, "__ez_pages__", ()))
    return found


def include_area(config: Any, *modules: ModuleType) -> None:
    """Register the declared views of these modules."""
    known: dict[str, str] = config.registry.setdefault("ez.routes", {})
    declarations: list[Declaration] = config.registry.setdefault("ez.declarations", [])
    for module in modules:
        for declaration in declared_in(module):
            _register(config, declaration, known)
            declarations.append(declaration)


def _register(config: Any, declaration: Declaration, known: dict[str, str]) -> None:
    if known.setdefault(declaration.route, declaration.path) != declaration.path:
        raise UndeclaredView(f"route {declaration.route} has two paths")
    if declaration.route not in config.registry.setdefault("ez.routes.added", set()):
        config.registry["ez.routes.added"].add(declaration.route)
        config.add_route(declaration.route, declaration.path)
    methods = ("GET", "HEAD") if declaration.method == "GET" else (declaration.method,)
    config.add_view(
        declaration.view, route_name=declaration.route, request_method=methods,
        permission=declaration.permission or "public", renderer=declaration.template,
        require_csrf=declaration.csrf and declaration.method in UNSAFE, ez_page=declaration,
    )  # fmt: skip


def _check(declaration: Declaration) -> None:
    name = f"{declaration.view.__module__}.{declaration.view.__name__}"
    unsafe = declaration.method in UNSAFE
    if (declaration.permission is None) == (declaration.public is None):
        raise UndeclaredView(f"{name}: say either permission= or public=")
    if declaration.public is not None and declaration.public not in PUBLIC_REASONS:
        raise UndeclaredView(f"{name}: {declaration.public!r} is no reason to be public")
    if unsafe and not declaration.csrf and declaration.public != "signed webhook":
        raise UndeclaredView(f"{name}: an unsafe view needs CSRF protection or a signature")
    if unsafe and declaration.audit is None:
        raise UndeclaredView(f"{name}: an unsafe view says what it writes to the audit log")
    if declaration.rate not in RATES:
        raise UndeclaredView(f"{name}: {declaration.rate!r} is no rate class")
    if not declaration.path.endswith("/") and "." not in declaration.path and declaration.path != "/metrics":
        raise UndeclaredView(f"{name}: addresses end in a slash")
