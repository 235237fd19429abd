"""A forgotten password: ask for a link, choose a new one by it. No answer tells who has an account."""

from __future__ import annotations

from typing import Any

from ezcore.accounts import operations as accounts
from ezcore.accounts.errors import LinkNotGood
from ezcore.accounts.inputs import ForgotInput, NewPasswordInput
from ezcore.accounts.models import TokenPurpose
from ezcore.kernel.errors import InvalidInput
from ezcore.web.shared.flash import flash
from ezcore.web.shared.forms import Form, read_form
from ezcore.web.shared.request import EzRequest
from ezcore.web.shared.sessions import forget
from ezcore.web.shared.views import page
from ezcore.web.storefront.accounts.answers import again, go

FORGOT = "client/accounts/forgot.pt"
RESET = "client/accounts/reset.pt"


@page("forgot", "/accounts/reset/", public="account door", template=FORGOT)
def show_forgot(_request: EzRequest) -> dict[str, Any]:
    """Ask for the address."""
    return {"form": Form()}


@page(
    "forgot", "/accounts/reset/", method="POST", public="account door", rate="login", template=FORGOT,
    audit="user.request_reset",
)  # fmt: skip
def do_forgot(request: EzRequest) -> Any:
    """Mail a link if there is an account; the same page follows always."""
    form = read_form(request, ForgotInput)
    if not form.is_valid:
        return again(request, form)
    accounts.request_reset(request.uow, form.checked().email)
    return go(request, "check_mail")


@page("reset", "/accounts/reset/{token}/", public="account door", template=RESET)
def show_reset(request: EzRequest) -> dict[str, Any]:
    """The form for a new password, if the link is good."""
    good = accounts.is_good(request.uow, request.matchdict["token"], TokenPurpose.RESET)
    return {"form": Form(), "good": good}


@page(
    "reset", "/accounts/reset/{token}/", method="POST", public="account door", rate="login", template=RESET,
    audit="user.reset_password", ambient=False,
)  # fmt: skip
def do_reset(request: EzRequest) -> Any:
    """Set the password; every session is over, so the login page follows."""
    form = read_form(request, NewPasswordInput)
    if not form.is_valid:
        return again(request, form, good=True)
    password = form.checked().password.get_secret_value()
    try:
        accounts.reset_password(request.work, request.actor, request.matchdict["token"], password)
    except LinkNotGood:
        return again(request, form, good=False)
    except InvalidInput as error:
        form.refuse(error)
        return again(request, form, good=True)
    flash(request, "ok", "Your password is changed. Please log in with it.")
    response = go(request, "login")
    forget(request, response)
    return response
