"""How a view is declared. Without a whole declaration it is not registered: nothing is open by accident."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any, Literal, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

PUBLIC_REASONS = (
    "storefront",
    "account door",
    "health",
    "static",
    "signed webhook",
    "secret link",
    "mail sink",
)
RATES = ("page", "form", "login", "mail", "code", "search", "api", "webhook", "none")
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
METHODS = ("GET", *UNSAFE)

Rate = Literal["page", "form", "login", "mail", "code", "search", "api", "webhook", "none"]


@dataclass(frozen=True)
class Declaration:
    """Everything that must be said of a view.

    `permission`, or `public` with a reason from a closed list. `audit` names the audit verb that an unsafe
    view writes (or "none: why"). `ambient=False`: the view gets no unit of work because it calls a vendor.
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


def _check(declaration: Declaration) -> None:
    one, unsafe = declaration, declaration.method in UNSAFE
    named = one.path.endswith("/") or "." in one.path or one.path == "/metrics"
    signed = unsafe and not one.csrf
    wrong = (
        ((one.permission is None) == (one.public is None), "say either permission= or public="),
        (one.permission in ("public", "deny-all"), "this is no permission; public= wants a reason"),
        (
            one.public is not None and one.public not in PUBLIC_REASONS,
            f"{one.public!r} is no reason to be public",
        ),
        (signed and one.public != "signed webhook", "an unsafe view needs CSRF protection or a signature"),
        (signed and one.ambient, "a signed view has no unit of work before the signature (ambient=False)"),
        (unsafe and not one.audit, "an unsafe view says what it writes to the audit log"),
        (one.method not in METHODS, f"{one.method} is no method of a view"),
        (one.rate not in RATES, f"{one.rate!r} is no rate class"),
        (not one.path.startswith("/"), "an address starts with a slash"),
        (not named, "addresses end in a slash"),
    )
    for is_wrong, words in wrong:
        if is_wrong:
            raise UndeclaredView(f"{one.view.__module__}.{one.view.__name__}: {words}")
