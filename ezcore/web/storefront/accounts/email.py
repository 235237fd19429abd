"""Another e-mail address for a login: asked for with the password, confirmed by a link to the new address."""

from __future__ import annotations

from typing import Any

from ezcore.accounts import operations as accounts
from ezcore.accounts import queries
from ezcore.accounts.errors import LinkNotGood, TooManyTries
from ezcore.accounts.inputs import ChangeEmailInput
from ezcore.accounts.operations.email import address_behind, ask_for_address, change_address
from ezcore.kernel.errors import InvalidInput
from ezcore.web.shared.flash import flash
from ezcore.web.shared.forms import Form, read_form
from ezcore.web.shared.request import EzRequest
from ezcore.web.shared.sessions import forget
from ezcore.web.shared.views import page
from ezcore.web.storefront.accounts.answers import again, go, wait

ASK = "client/accounts/email.pt"
CONFIRM = "client/accounts/email_confirm.pt"


@page("email", "/account/email/", public="account door", template=ASK)
def show_email(request: EzRequest) -> dict[str, Any]:
    """The address as it is, and the form."""
    return {"form": Form(), "email": queries.user_of(request.uow, request.actor).email}


@page(
    "email", "/account/email/", method="POST", public="account door", rate="login", template=ASK,
    audit="user.ask_email_change", ambient=False,
)  # fmt: skip
def ask(request: EzRequest) -> Any:
    """Check the password, mail a link to the new address; the same page follows whoever it belongs to."""
    with request.work.read(request.actor) as look:
        email = queries.user_of(look, request.actor).email
    form = read_form(request, ChangeEmailInput)
    if not form.is_valid:
        return again(request, form, email=email)
    typed = form.checked()
    try:
        accounts.confirm_own_password(request.work, request.actor, typed.password.get_secret_value())
        with request.work.write(request.actor) as uow:
            ask_for_address(uow, typed.email)
    except TooManyTries as error:
        return wait(request, form, error, email=email)
    except InvalidInput as error:
        form.refuse(error)
        return again(request, form, email=email)
    flash(request, "ok", f"We mailed a link to {typed.email}. Your address changes when you open it.")
    return go(request, "security")


@page("email.confirm", "/accounts/email/{token}/", public="account door", template=CONFIRM)
def show_confirm(request: EzRequest) -> dict[str, Any]:
    """One button: mail scanners open links, so opening one changes nothing."""
    return {"address": address_behind(request.uow, request.matchdict["token"])}


@page(
    "email.confirm", "/accounts/email/{token}/", method="POST", public="account door", rate="login",
    template=CONFIRM, audit="user.change_email",
)  # fmt: skip
def confirm(request: EzRequest) -> Any:
    """The address is another one; every session is over, so the login page follows."""
    try:
        change_address(request.uow, request.matchdict["token"])
    except LinkNotGood:
        request.response.status_code = 422
        return {"address": None}
    flash(request, "ok", "Your address is changed. Please log in with it.")
    response = go(request, "login")
    forget(request, response)
    return response
