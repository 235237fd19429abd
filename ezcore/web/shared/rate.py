"""Rate classes of views: how many tries per visitor and window, kept in the accounts' throttle table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pyramid.response import Response

from ezcore.web.shared.views import Declaration


@dataclass(frozen=True)
class Limit:
    """So many requests per window (seconds) and address."""

    tries: int
    seconds: int


LIMITS: dict[str, Limit | None] = {
    "page": None,
    "none": None,
    # Signatures are checked before the database is touched; a forged flood costs no row.
    "webhook": None,
    "form": Limit(120, 60),
    "login": Limit(30, 60),
    "mail": Limit(20, 600),
    # Codes of promotions are not to be guessed (B047).
    "code": Limit(10, 600),
    # Programs ask in a loop; a page holds a hundred rows.
    "api": Limit(120, 60),
    # Every search asks vendors, who limit us.
    "search": Limit(30, 60),
    # Asked while somebody types, of our own tables only.
    "typing": Limit(60, 60),
}

Hit = Callable[[Any, str, Limit], int | None]
"""Count a try; returns seconds to wait when the limit is passed, else None."""


def rate_limit(view: Callable[..., Any], info: Any) -> Callable[..., Any]:
    """Stands around every declared view: refuse with 429 and Retry-After before the view runs."""
    declaration: Declaration | None = info.options.get("ez_page")
    limit = LIMITS.get(declaration.rate) if declaration else None
    if declaration is None:
        return view

    def limited(context: Any, request: Any) -> Any:
        request.ez_page = declaration
        hit: Hit | None = request.registry.get("ez.hit")
        if limit is not None and hit is not None:
            wait = hit(request, declaration.rate, limit)
            if wait is not None:
                return _too_many(request, wait)
        return view(context, request)

    return limited


rate_limit.options = ("ez_page",)  # type: ignore[attr-defined]  # Pyramid reads it


def _too_many(request: Any, wait: int) -> Any:
    from ezcore.web.shared.errors import answer  # noqa: PLC0415 - errors render themes, which need views

    found: Response = answer(request, 429, f"Too many tries. Please wait {wait} seconds.")
    found.headers["Retry-After"] = str(wait)
    return found
