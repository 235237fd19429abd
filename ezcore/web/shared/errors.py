"""Themed error pages with a reference id; they need no database."""

from __future__ import annotations

import logging
import secrets
from typing import Any
from urllib.parse import quote

from pyramid.httpexceptions import HTTPException, HTTPSeeOther
from pyramid.response import Response

from ezcore.kernel.errors import EzError, InvalidInput, NotAllowed, NotFound, Refused
from ezcore.web.shared.theme import Theme

log = logging.getLogger(__name__)

TITLES = {
    400: ("This request cannot be read", "Something in the address or the form is not as it should be."),
    403: ("Not for you", "You are logged in, but this page is not open to you."),
    404: ("Nothing here", "The address is wrong, or what was here is gone."),
    405: ("Not that way", "This address does not answer this kind of request."),
    409: ("This cannot be done now", "The state of things does not allow it."),
    413: ("Too large", "What was sent is larger than we accept."),
    422: ("Please check what you sent", "Something is missing or not in the expected form."),
    429: ("Too many tries", "Please wait a little and try again."),
    500: ("Something broke here", "It is our fault; it has been written down."),
    503: ("Back in a moment", "Please try again in a few seconds."),
}


def kernel_error(error: EzError, request: Any) -> Any:
    """An operation said no: the kind of error decides the status, the error itself the words."""
    status = _status(error)
    if status == 403 and request.actor.user_id is None:  # noqa: PLR2004
        return to_login(request)
    return answer(request, status, error.message if status in (409, 422) else None)


def http_error(error: HTTPException, request: Any) -> Any:
    """Pyramid said no."""
    if error.status_code < 400:  # noqa: PLR2004 - a redirect that was raised
        return error
    if error.status_code == 403 and request.actor.user_id is None and "csrf" not in type(error).__name__.lower():  # noqa: PLR2004
        return to_login(request)
    found = answer(request, error.status_code, None)
    if allow := error.headers.get("Allow"):
        found.headers["Allow"] = allow
    return found


def defect(error: Exception, request: Any) -> Any:
    """Anything else is a defect: logged with a reference that the visitor can tell us."""
    reference = secrets.token_hex(4)
    log.error("defect %s at %s %s", reference, request.method, request.path, exc_info=error)
    return answer(request, 500, None, reference)


def to_login(request: Any) -> Any:
    """A visitor is asked to log in and comes back here; after a form, to the page the form was on."""
    back = request.path_qs if request.method in ("GET", "HEAD") else "/dashboard/"
    return HTTPSeeOther(f"{request.route_path('login')}?next={quote(back, safe='/')}")


def answer(request: Any, status: int, text: str | None, reference: str | None = None) -> Any:
    """The error page. A machine that asked for JSON gets problem+json (RFC 9457)."""
    title, words = TITLES.get(status, TITLES[400 if status < 500 else 500])  # noqa: PLR2004
    if request.path.startswith("/api/") or request.path.startswith("/webhooks/"):
        body = {"type": "about:blank", "title": title, "status": status, "detail": text or words}
        return Response(json_body=body, status=status, content_type="application/problem+json")
    theme: Theme = request.registry["ez.theme"]
    page = theme.render(
        "layouts/error.pt", title=title, text=text or words, status=status, reference=reference,
        static=request.registry["ez.static"].url, shop=request.registry["ez.work"].settings.shop,
        mode=request.color_mode,
    )  # fmt: skip
    return Response(page, status=status, content_type="text/html", charset="utf-8")


def _status(error: EzError) -> int:
    table = ((NotFound, 404), (NotAllowed, 403), (InvalidInput, 422), (Refused, 409))
    return next((status for kind, status in table if isinstance(error, kind)), 500)


def includeme(config: Any) -> None:
    """Register the error views."""
    config.add_exception_view(kernel_error, context=EzError)
    config.add_exception_view(http_error, context=HTTPException)
    config.add_exception_view(defect, context=Exception)
    config.add_notfound_view(http_error, append_slash=True)
    config.add_forbidden_view(http_error)
