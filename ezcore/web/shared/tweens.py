"""What surrounds every view: security headers, host allow-list, bad input as 400 instead of 500, the unit of work."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any
from urllib.parse import urlsplit

from pyramid.response import Response
from sqlalchemy.exc import DataError, OperationalError

from ezcore.work import UnitOfWork

log = logging.getLogger(__name__)

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
    "trusted-types 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}
MAX_FIELDS = 500
SAFE = ("GET", "HEAD", "OPTIONS")
Handler = Callable[[Any], Any]


def security_headers(handler: Handler, registry: Any) -> Handler:
    """Put the headers on every answer, errors included."""
    https = registry["ez.work"].settings.shop.site_url.startswith("https://")

    def tween(request: Any) -> Any:
        response = handler(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if https:
            response.headers.setdefault("Strict-Transport-Security", "max-age=3600")
        if "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "no-store"
        return response

    return tween


def allowed_hosts(handler: Handler, registry: Any) -> Handler:
    """Answer 400 for a host that is not ours: links and caches must never be built from a stranger's header."""
    settings = registry["ez.work"].settings
    own = urlsplit(settings.shop.site_url).hostname or ""
    listed = {host.strip().lower() for host in settings.security.allowed_hosts.split(",") if host.strip()} or {own}

    def tween(request: Any) -> Any:
        host = (request.environ.get("HTTP_HOST") or "").rsplit(":", 1)[0].strip("[]").lower()
        if host not in listed:
            return _plain(400, "This host is not served here.")
        return handler(request)

    return tween


def bad_input(handler: Handler, _registry: Any) -> Handler:
    """Turn what cannot be decoded into 400; a busy database into 503 with Retry-After."""

    def tween(request: Any) -> Any:
        if not _readable(request):
            return _plain(400, "This request cannot be read.")
        try:
            return handler(request)
        except (UnicodeError, DataError):
            return _plain(400, "This request cannot be read.")
        except OperationalError:
            log.exception("the database did not answer")
            answer = _plain(503, "Please try again in a moment.")
            answer.headers["Retry-After"] = "5"
            return answer

    return tween


def unit_of_work(handler: Handler, _registry: Any) -> Handler:
    """Open `request.uow` when it is first used; commit when the view returned a status below 400."""

    def tween(request: Any) -> Any:
        scope = Scope(request)
        request.ez_scope = scope
        try:
            response = handler(request)
        except BaseException:
            scope.leave(commit=False)
            raise
        scope.leave(commit=response.status_code < 400)  # noqa: PLR2004
        return response

    return tween


class Scope:
    """The request's own unit of work, opened by whoever needs it first."""

    def __init__(self, request: Any) -> None:
        self._request = request
        self._stack = ExitStack()
        self._uow: UnitOfWork | None = None

    def open(self) -> UnitOfWork:
        """The unit of work: reading for safe methods, writing for unsafe ones."""
        if self._uow is None:
            page = getattr(self._request, "ez_page", None)
            if page is not None and not page.ambient:
                raise RuntimeError(f"{page.route} calls a vendor and has no ambient unit of work")
            work = self._request.registry["ez.work"]
            # `actor` first: identifying the visitor uses a unit of work of its own.
            actor = self._request.actor
            opened = work.read(actor) if self._request.method in SAFE else work.write(actor)
            self._uow = self._stack.enter_context(opened)
        return self._uow

    def leave(self, *, commit: bool) -> None:
        """Close; roll back when the answer was a refusal."""
        if self._uow is not None and not commit:
            self._uow.session.rollback()
            self._uow.wants_ring = False
        self._stack.close()


def _readable(request: Any) -> bool:
    try:
        # Touching them decodes them; WebOb raises UnicodeDecodeError for what is not UTF-8.
        query, path = request.GET, request.path_info
        _ = request.headers.get("Cookie", "").encode("latin-1")
    except (UnicodeError, ValueError):
        return False
    texts = [path, *query.keys(), *query.values()]
    if len(query) > MAX_FIELDS or any("\0" in text or _lone_surrogate(text) for text in texts):
        return False
    return request.method not in ("TRACE", "CONNECT")


def _lone_surrogate(text: str) -> bool:
    return any("\ud800" <= char <= "\udfff" for char in text)


def _plain(status: int, text: str) -> Any:
    answer = Response(text + "\n", status=status, content_type="text/plain", charset="utf-8")
    for name, value in HEADERS.items():
        answer.headers[name] = value
    return answer
