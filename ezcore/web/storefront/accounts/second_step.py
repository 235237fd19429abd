"""The second half of a log-in: the page that asks for the code. Its cookie opens nothing but this page."""

from __future__ import annotations

from typing import Any, Final

from ezcore.accounts.errors import LinkNotGood, TooManyTries
from ezcore.accounts.factors.entering import finish
from ezcore.accounts.factors.queries import step
from ezcore.accounts.factors.rules import STEP_FOR
from ezcore.accounts.inputs import CodeInput
from ezcore.kernel.errors import InvalidInput
from ezcore.web.shared.flash import flash
from ezcore.web.shared.forms import Form, read_form
from ezcore.web.shared.request import EzRequest
from ezcore.web.shared.sessions import remember, visit_of
from ezcore.web.shared.views import page
from ezcore.web.storefront.accounts.answers import again, go, go_to, next_of, wait
from ezcore.web.storefront.accounts.home import home_of

TEMPLATE: Final = "client/accounts/second_step.pt"
COOKIE: Final = "ez_login"
PATH: Final = "/accounts/"
_LONGEST: Final = 100


@page("second_step", "/accounts/two-factor/", public="account door", template=TEMPLATE)
def show_step(request: EzRequest) -> Any:
    """The form; without a half-way log-in one begins with the password."""
    if step(request.uow, token_of(request)) is None:
        return go(request, "login")
    return {"form": Form(), "next": next_of(request)}


@page(
    "second_step", "/accounts/two-factor/", method="POST", public="account door", rate="login",
    template=TEMPLATE, audit="user.log_in", ambient=False,
)  # fmt: skip
def do_step(request: EzRequest) -> Any:
    """Take the code; on success the browser gets its session."""
    form, target = read_form(request, CodeInput), next_of(request)
    code = form.checked().code if form.model is not None else ""
    try:
        token = finish(request.work, request.actor, token_of(request), code, visit_of(request))
    except LinkNotGood:
        flash(request, "warn", "Please log in once more.")
        response = go(request, "login")
        forget_step(response)
        return response
    except TooManyTries as error:
        return wait(request, form, error, next=target)
    except InvalidInput as error:
        form.errors = {}
        form.refuse(error)
        return again(request, form, next=target)
    response = go_to(target or home_of(request, token))
    forget_step(response)
    remember(request, response, token)
    return response


def token_of(request: EzRequest) -> str | None:
    """The token of the half-way log-in, if the cookie can be one."""
    token = request.cookies.get(COOKIE)
    return token if isinstance(token, str) and 0 < len(token) <= _LONGEST and token.isascii() else None


def remember_step(request: EzRequest, response: Any, token: str) -> None:
    """Hand the browser what opens the second step, and nothing else."""
    response.set_cookie(
        COOKIE, token, path=PATH, httponly=True, samesite="Lax", secure=request.is_https,
        max_age=int(STEP_FOR.total_seconds()),
    )  # fmt: skip


def forget_step(response: Any) -> None:
    """Take it back."""
    response.delete_cookie(COOKIE, path=PATH)
