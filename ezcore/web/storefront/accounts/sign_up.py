"""Sign up, "check your mail", confirm the address."""

from __future__ import annotations

from typing import Any

from ezcore.accounts import operations as accounts
from ezcore.accounts.countries import countries
from ezcore.accounts.errors import LinkNotGood
from ezcore.accounts.inputs import SignUpInput
from ezcore.accounts.models import TokenPurpose
from ezcore.kernel.errors import InvalidInput
from ezcore.web.shared.flash import flash
from ezcore.web.shared.forms import Form, read_form
from ezcore.web.shared.request import EzRequest
from ezcore.web.shared.sessions import cookie_token, remember
from ezcore.web.shared.views import page
from ezcore.web.storefront.accounts.answers import DASHBOARD, again, go, go_to, next_of

TEMPLATE = "client/accounts/sign_up.pt"


@page("sign_up", "/accounts/signup/", public="account door", template=TEMPLATE)
def show_sign_up(request: EzRequest) -> dict[str, Any]:
    """The form."""
    return {"form": Form(), "next": next_of(request), "countries": countries()}


@page(
    "sign_up", "/accounts/signup/", method="POST", public="account door", rate="login", template=TEMPLATE,
    audit="client.create", ambient=False,
)  # fmt: skip
def do_sign_up(request: EzRequest) -> Any:
    """Make the account or tell the owner of the address; the visitor reads the same page in both cases."""
    target = next_of(request)
    form = read_sign_up(request, target or DASHBOARD)
    if not form.is_valid:
        return again(request, form, next=target, countries=countries())
    return go(request, "check_mail")


def read_sign_up(request: EzRequest, next_url: str) -> Form[SignUpInput]:
    """Read a sign-up form and act on it; also for the account step of the checkout (with `ambient=False`).

    The form that comes back is valid when the mail is on its way, else it says what is wrong. The link in the
    mail leads to `next_url`.
    """
    form = read_form(request, SignUpInput)
    if form.is_valid:
        try:
            accounts.register(request.work, request.actor, form.checked(), next_url)
        except InvalidInput as error:
            form.refuse(error)
    return form


@page("check_mail", "/accounts/check-mail/", public="account door", template="client/accounts/check_mail.pt")
def show_check_mail(request: EzRequest) -> dict[str, Any]:
    """What to do now."""
    return {"sink": request.work.settings.mail.transport == "sink"}


@page("verify", "/accounts/verify/{token}/", public="account door", template="client/accounts/verify.pt")
def show_verify(request: EzRequest) -> dict[str, Any]:
    """One button: mail scanners open links, so opening one changes nothing."""
    return {"good": accounts.is_good(request.uow, request.matchdict["token"], TokenPurpose.VERIFY)}


@page(
    "verify", "/accounts/verify/{token}/", method="POST", public="account door", rate="login",
    template="client/accounts/verify.pt", audit="user.verify",
)  # fmt: skip
def do_verify(request: EzRequest) -> Any:
    """Confirm the address, log in, go on to where the sign-up came from."""
    try:
        confirmed = accounts.verify(request.uow, request.matchdict["token"])
    except LinkNotGood:
        request.response.status_code = 422
        return {"good": False}
    token = accounts.open_session(
        request.uow, confirmed.user_id,
        ip=request.remote_addr, agent=request.user_agent or "", old=cookie_token(request),
    )  # fmt: skip
    flash(request, "ok", "Your address is confirmed. Welcome!")
    response = go_to(confirmed.next_url)
    remember(request, response, token)
    return response


@page(
    "verify_again", "/accounts/verify/", method="POST", permission="client.read", rate="mail",
    audit="user.ask_verify_link",
)  # fmt: skip
def do_verify_again(request: EzRequest) -> Any:
    """Mail the link once more to a logged-in user."""
    accounts.send_verify_link_again(request.uow)
    return go(request, "check_mail")
