"""How account pages answer: a form in error with 422, too many tries with 429, redirects on this site."""

from __future__ import annotations

from typing import Any, Final

from pyramid.httpexceptions import HTTPSeeOther

from ezcore.accounts.errors import TooManyTries
from ezcore.accounts.rules import local_path
from ezcore.web.shared.forms import Form
from ezcore.web.shared.request import EzRequest

DASHBOARD: Final = "/dashboard/"


def next_of(request: EzRequest, default: str = "") -> str:
    """The `next` of the form or the address, when it is a path of this site."""
    sent = request.POST if request.method == "POST" else request.GET
    return local_path(sent.get("next"), default)


def again(request: EzRequest, form: Form[Any], **more: Any) -> dict[str, Any]:
    """Show the form once more with what is wrong: 422."""
    request.response.status_code = 422
    return {"form": form, **more}


def wait(request: EzRequest, form: Form[Any], error: TooManyTries, **more: Any) -> dict[str, Any]:
    """Show the form with how long to wait: 429 with Retry-After."""
    form.errors["form"] = error.message
    request.response.status_code = 429
    request.response.headers["Retry-After"] = str(error.retry_after)
    return {"form": form, **more}


def go(request: EzRequest, route: str, **parts: Any) -> HTTPSeeOther:
    """Redirect to one of our pages after a form: returned, so the unit of work commits."""
    return HTTPSeeOther(request.route_path(route, **parts))


def go_to(path: str) -> HTTPSeeOther:
    """Redirect to a path of this site."""
    return HTTPSeeOther(local_path(path, DASHBOARD))
