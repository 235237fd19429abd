"""Themed error pages with a reference id; they need no database."""

from __future__ import annotations

import logging
import secrets
from typing import Any
from urllib.parse import quote

from markupsafe import escape
from pyramid.exceptions import BadCSRFOrigin, BadCSRFToken, PredicateMismatch
from pyramid.httpexceptions import (
    HTTPException,
    HTTPForbidden,
    HTTPMethodNotAllowed,
    HTTPPermanentRedirect,
    HTTPSeeOther,
)
from pyramid.interfaces import IRoutesMapper
from pyramid.response import Response
from sqlalchemy.exc import DataError, InterfaceError, OperationalError

from ezcore.kernel.errors import EzError, InvalidInput, NotAllowed, NotFound, Refused
from ezcore.languages import say
from ezcore.web.shared.api_door import is_api
from ezcore.web.shared.sessions import login_session
from ezcore.web.shared.theme_choice import Dress
from ezcore.web.shared.views import methods_of

log = logging.getLogger(__name__)

TITLES = {
    400: ("This request cannot be read", "Something in the address or the form is not as it should be."),
    401: ("No good key", "Send a key as: Authorization: Bearer ez_... Keys are made under API keys."),
    403: ("Not for you", "You are logged in, but this page is not open to you."),
    404: ("Nothing here", "The address is wrong, or what was here is gone."),
    405: ("Not that way", "This address does not answer this kind of request."),
    409: ("This cannot be done now", "The state of things does not allow it."),
    410: ("No longer here", "This was here once, and its time is over."),
    413: ("Too large", "What was sent is larger than we accept."),
    422: ("Please check what you sent", "Something is missing or not in the expected form."),
    429: ("Too many tries", "Please wait a little and try again."),
    500: ("Something broke here", "It is our fault; it has been written down."),
    503: ("Back in a moment", "Please try again in a few seconds."),
}
STALE_FORM = (
    "This form is from another session or too old. Go back, load the page again and send it once more."
)
MACHINES = ("/api/", "/webhooks/")


def kernel_error(error: EzError, request: Any) -> Any:
    """An operation said no: the kind of error decides the status, the error itself the words."""
    status = _status(error)
    if status == 500:  # noqa: PLR2004
        return defect(error, request)
    if status == 403:  # noqa: PLR2004
        return _not_allowed(request)
    return answer(request, status, error.message if status in (409, 422) else None)


def http_error(error: HTTPException, request: Any) -> Any:
    """Pyramid said no."""
    if error.status_code < 400:  # noqa: PLR2004 - a redirect that was raised
        return error
    if isinstance(error, BadCSRFToken | BadCSRFOrigin):
        return answer(request, 400, STALE_FORM)
    if isinstance(error, HTTPForbidden):
        return _not_allowed(request)
    if isinstance(error, PredicateMismatch) and (allowed := methods_of(request)):
        return _keep_headers(answer(request, 405, None), {"Allow": ", ".join(allowed)})
    kept = {name: error.headers[name] for name in ("Allow", "Retry-After") if name in error.headers}
    if isinstance(error, HTTPMethodNotAllowed):
        kept.setdefault("Allow", ", ".join(methods_of(request)))
    return _keep_headers(answer(request, error.status_code, None), kept)


def not_found(error: HTTPException, request: Any) -> Any:
    """No page here; when only the slash at the end is missing, the page is one step away."""
    if request.matched_route is None and request.method in ("GET", "HEAD") and _with_slash(request):
        query = f"?{request.query_string}" if request.query_string else ""
        return HTTPPermanentRedirect(f"{request.path}/{query}")
    return http_error(error, request)


def unstorable(error: DataError, request: Any) -> Any:
    """A value passed every check but the database does not take it: still the asker's, not our defect."""
    log.warning("the database refused a value at %s %s", request.method, request.path, exc_info=error)
    return answer(request, 400, None)


def busy(error: OperationalError | InterfaceError, request: Any) -> Any:
    """The database does not answer: nothing was kept, the same request may be sent again."""
    reference = secrets.token_hex(4)
    log.error("no database %s at %s %s", reference, request.method, request.path, exc_info=error)
    return _keep_headers(answer(request, 503, None, reference), {"Retry-After": "5"})


def defect(error: Exception, request: Any) -> Any:
    """Anything else is a defect: logged with a reference that the visitor can tell us."""
    reference = secrets.token_hex(4)
    log.error("defect %s at %s %s", reference, request.method, request.path, exc_info=error)
    return answer(request, 500, None, reference)


def to_login(request: Any) -> Any:
    """A visitor is asked to log in and comes back here; after a form, to the dashboard."""
    back = request.path_qs if request.method in ("GET", "HEAD") else "/dashboard/"
    return HTTPSeeOther(f"{request.route_path('login')}?next={quote(back, safe='/')}")


def answer(request: Any, status: int, text: str | None, reference: str | None = None) -> Any:
    """The error page. A machine gets problem+json (RFC 9457)."""
    title, words = TITLES.get(status, TITLES[400 if status < 500 else 500])  # noqa: PLR2004
    if request.path.startswith(MACHINES):
        body = {"type": "about:blank", "title": title, "status": status, "detail": text or words}
        if reference:
            body["reference"] = reference
        return Response(json_body=body, status=status, content_type="application/problem+json")
    page = _page(request, title=say(title), text=say(text or words), status=status, reference=reference)
    return Response(page, status=status, content_type="text/html", charset="utf-8")


def _page(request: Any, **facts: Any) -> str:
    registry = request.registry
    shop = registry["ez.work"].settings.shop
    try:
        dress: Dress = registry["ez.wardrobe"].last_known()
        return dress.theme.render(
            "layouts/error.pt",
            static=dress.static.url,
            styles=dress.styles,
            logo=dress.logo,
            shop=shop,
            mode=request.color_mode,
            **facts,
        )
    except Exception:
        # A theme whose error page is broken must not hide the error that brought us here.
        log.exception("the theme's error page is broken")
        return f"<!DOCTYPE html><title>{escape(facts['title'])}</title><h1>{escape(facts['title'])}</h1>"


def _with_slash(request: Any) -> bool:
    """Would a declared page answer, if only the address ended as ours do?"""
    path, ours = f"{request.path_info}/", request.registry.get("ez.routes", {})
    routes = request.registry.getUtility(IRoutesMapper).get_routes()
    ending = (route for route in routes if route.name in ours and route.path.endswith("/"))
    return any(route.match(path) is not None for route in ending)


def _not_allowed(request: Any) -> Any:
    if request.actor.user_id is None and is_api(request):
        return _keep_headers(answer(request, 401, None), {"WWW-Authenticate": "Bearer"})
    if request.actor.user_id is None and not request.path.startswith(MACHINES):
        return to_login(request)
    facts = login_session(request)
    if facts is not None and facts.must_set_up and not request.path.startswith(MACHINES):
        return HTTPSeeOther(request.route_path("factor"))
    return answer(request, 403, None)


def _keep_headers(response: Any, headers: dict[str, str]) -> Any:
    response.headers.update(headers)
    return response


def _status(error: EzError) -> int:
    table = ((NotFound, 404), (NotAllowed, 403), (InvalidInput, 422), (Refused, 409))
    return next((status for kind, status in table if isinstance(error, kind)), 500)


def includeme(config: Any) -> None:
    """Register the error views."""
    config.add_exception_view(kernel_error, context=EzError)
    config.add_exception_view(http_error, context=HTTPException)
    config.add_exception_view(unstorable, context=DataError)
    config.add_exception_view(busy, context=OperationalError)
    config.add_exception_view(busy, context=InterfaceError)
    config.add_exception_view(defect, context=Exception)
    config.add_notfound_view(not_found)
    config.add_forbidden_view(http_error)
