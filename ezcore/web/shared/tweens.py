"""What surrounds every view: security headers, hosts, bad input as 400 instead of 500, the unit of work."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlsplit

from pyramid.response import Response

from ezcore.web.shared.once_more import mark_if_lost
from ezcore.web.shared.readable import METHODS, host_of, why_unreadable
from ezcore.web.shared.scope import SAFE, Scope

log = logging.getLogger(__name__)

CSP: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
HEADERS: Final = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}
YEAR: Final = 31_536_000
Handler = Callable[[Any], Any]


def security_headers(handler: Handler, registry: Any) -> Handler:
    """Put the headers on every answer, also on that for an error which no error page survived."""
    https = registry["ez.work"].settings.shop.site_url.startswith("https://")

    def tween(request: Any) -> Any:
        if https:
            # Behind a proxy the scheme is the site's, whatever the last hop spoke; redirects need it.
            request.environ["wsgi.url_scheme"] = "https"
        try:
            response = handler(request)
        except Exception:
            reference = secrets.token_hex(4)
            log.exception("defect %s outside of every page", reference)
            response = _plain(500, f"Something broke here. It has been written down, reference {reference}.")
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if https:
            response.headers.setdefault("Strict-Transport-Security", f"max-age={YEAR}")
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return tween


def allowed_hosts(handler: Handler, registry: Any) -> Handler:
    """Answer 400 for a host that is not ours: no link is ever built from a stranger's header."""
    settings = registry["ez.work"].settings
    listed = {host.strip().lower() for host in settings.security.allowed_hosts.split(",") if host.strip()}
    listed.add((urlsplit(settings.shop.site_url).hostname or "").lower())

    def tween(request: Any) -> Any:
        if host_of(request.environ.get("HTTP_HOST")) not in listed:
            return _plain(400, "This host is not served here.")
        return handler(request)

    return tween


def bad_input(handler: Handler, _registry: Any) -> Handler:
    """Refuse what cannot be read: bad encodings, NUL, too long, too many fields, unknown methods."""

    def tween(request: Any) -> Any:
        problem = why_unreadable(request)
        if problem is None:
            return handler(request)
        answer = _plain(problem.status, problem.words)
        if problem.status == 405:  # noqa: PLR2004
            answer.headers["Allow"] = ", ".join(METHODS)
        return answer

    return tween


def unit_of_work(handler: Handler, _registry: Any) -> Handler:
    """Open `request.uow` when it is first used; commit when the view *returned* a status below 400.

    It stands inside the error views: a view that raised has not returned, so nothing of it is kept, and an
    error while committing still becomes a page.
    """

    def tween(request: Any) -> Any:
        scope = Scope(request)
        request.ez_scope = scope
        try:
            response = handler(request)
        except BaseException as error:
            mark_if_lost(request, error)
            scope.leave(commit=False)
            raise
        try:
            scope.leave(commit=response.status_code < 400)  # noqa: PLR2004
        except Exception as error:
            mark_if_lost(request, error)
            raise
        return response

    return tween


def _plain(status: int, text: str) -> Any:
    return Response(text + "\n", status=status, content_type="text/plain", charset="utf-8")


__all__ = ["SAFE", "allowed_hosts", "bad_input", "security_headers", "unit_of_work"]
