"""Every page in its reader's language: who decides it, the links of the menu, and the headers that caches need.

Machines (`/api/`, `/webhooks/`, `/metrics`) are spoken to in English.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl, urlencode

from pyramid.httpexceptions import HTTPSeeOther

from ezcore.languages import Tongue, speaking, tongue_of
from ezcore.languages.choice import choose
from ezcore.web.shared.sessions import login_session

log = logging.getLogger(__name__)

COOKIE: Final = "ez_lang"
ASK: Final = "lang"
YEAR: Final = 31_536_000
_MACHINES: Final = ("/api/", "/webhooks/", "/metrics", "/static/")
Handler = Callable[[Any], Any]


class Choice(NamedTuple):
    """A link of the language menu."""

    code: str
    name: str
    href: str
    current: bool


def speak(handler: Handler, registry: Any) -> Handler:
    """Say every word of the answer in the reader's language; take `?lang=` of the menu into a cookie."""
    shop = registry["ez.work"].settings.shop

    def tween(request: Any) -> Any:
        if request.path_info.startswith(_MACHINES):
            return handler(request)
        wanted = request.GET.get(ASK)
        if wanted in shop.offered and request.method == "GET":
            return _remember(request, wanted)
        with speaking(lambda: tongue_for(request)):
            response = handler(request)
            if response.content_type == "text/html":
                response.headers["Content-Language"] = tongue_for(request).code
                response.vary = (*(response.vary or ()), "Accept-Language", "Cookie")
        return response

    return tween


def tongue_for(request: Any) -> Tongue:
    """The language of this request, decided once."""
    kept: Tongue | None = request.environ.get("ez.tongue")
    if kept is None:
        shop = request.registry["ez.work"].settings.shop
        code = choose(
            shop.offered,
            shop.language,
            stored=_stored(request),
            cookie=request.cookies.get(COOKIE),
            accept=request.headers.get("Accept-Language", ""),
        )
        kept = request.environ["ez.tongue"] = tongue_of(code, _folders(request))
    return kept


def choices(request: Any) -> list[Choice]:
    """The language menu; empty where there is nothing to choose, or the reader's profile has decided."""
    offered = request.registry["ez.work"].settings.shop.offered
    if len(offered) < 2 or _stored(request) is not None:  # noqa: PLR2004 - one language is no choice
        return []
    path = request.path if request.method == "GET" else "/"
    kept = _query_without(request) if request.method == "GET" else []
    now = tongue_for(request).code
    return [
        Choice(code, tongue_of(code).name, f"{path}?{urlencode([*kept, (ASK, code)])}", code == now)
        for code in offered
    ]


def _remember(request: Any, code: str) -> Any:
    kept = urlencode(_query_without(request))
    answer = HTTPSeeOther(f"{request.path}?{kept}" if kept else request.path)
    answer.set_cookie(
        COOKIE, code, max_age=YEAR, path="/", httponly=True, samesite="Lax", secure=request.is_https
    )
    return answer


def _query_without(request: Any) -> list[tuple[str, str]]:
    return [(key, value) for key, value in parse_qsl(request.query_string) if key != ASK]


def _stored(request: Any) -> str | None:
    """The language of the client's profile; None for visitors, for staff, and while nobody can be looked up."""
    try:
        facts = login_session(request)
    except Exception:  # noqa: BLE001 - an error page has to be drawn when the database is down
        log.warning("the reader's language could not be looked up")
        return None
    return facts.language if facts is not None else None


def _folders(request: Any) -> tuple[Any, ...]:
    wardrobe = request.registry.get("ez.wardrobe")
    own = wardrobe.last_known().theme.locales if wardrobe is not None else ()
    return (*own, *request.registry.get("ez.locales", ()))
