"""How a page is declared, by areas of the core and by plugins. Without a whole declaration it is not registered.

A plugin declares the pages of its `web.py` with `page`, imported from `ezcore.plugin_api`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
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
RATES = ("page", "form", "login", "mail", "code", "search", "typing", "api", "webhook", "none")
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
METHODS = ("GET", *UNSAFE)

Rate = Literal["page", "form", "login", "mail", "code", "search", "typing", "api", "webhook", "none"]


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
