"""Log in and log out."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from pyramid.httpexceptions import HTTPSeeOther

from ezcore.accounts import operations as accounts
from ezcore.accounts.errors import TooManyTries, WrongLogin
from ezcore.accounts.inputs import LogInInput
from ezcore.accounts.operations import Credentials
from ezcore.kernel.errors import InvalidInput
from ezcore.web.shared.flash import flash
from ezcore.web.shared.forms import Form, read_form
from ezcore.web.shared.request import EzRequest
from ezcore.web.shared.sessions import cookie_token, forget, remember, visit_of
from ezcore.web.shared.views import page
from ezcore.web.storefront.accounts.answers import again, go_to, next_of, wait
from ezcore.web.storefront.accounts.home import home, home_of
from ezcore.web.storefront.accounts.second_step import remember_step

TEMPLATE = "client/accounts/login.pt"


@page("login", "/accounts/login/", public="account door", template=TEMPLATE)
def show_login(request: EzRequest) -> Any:
    """The form; who is logged in already goes on."""
    if request.actor.user_id is not None:
        return go_to(next_of(request, home(request.actor)))
    return {"form": Form(), "next": next_of(request)}


@page(
    "login", "/accounts/login/", method="POST", public="account door", rate="login", template=TEMPLATE,
    audit="user.log_in", ambient=False,
)  # fmt: skip
def do_login(request: EzRequest) -> Any:
    """Check the credentials; on success the browser gets a new session and the old one is over."""
    form = read_form(request, LogInInput)
    target = next_of(request)
    if not form.is_valid:
        form.errors = {"form": WrongLogin().message}
        return again(request, form, next=target)
    typed = form.checked()
    credentials = Credentials(typed.email, typed.password.get_secret_value())
    try:
        entry = accounts.log_in(request.work, request.actor, credentials, visit_of(request))
    except TooManyTries as error:
        return wait(request, form, error, next=target)
    except InvalidInput as error:
        form.refuse(error)
        return again(request, form, next=target)
    if entry.is_half:
        response = go_to(
            f"{request.route_path('second_step')}{'?' + urlencode({'next': target}) if target else ''}"
        )
        remember_step(request, response, entry.token)
        return response
    response = go_to(target or home_of(request, entry.token))
    remember(request, response, entry.token)
    return response


@page("logout", "/accounts/logout/", method="POST", public="account door", audit="user.log_out")
def do_logout(request: EzRequest) -> HTTPSeeOther:
    """End the session of this browser."""
    token = cookie_token(request)
    if token:
        accounts.log_out(request.uow, token)
    flash(request, "ok", "You are logged out.")
    response = go_to("/")
    forget(request, response)
    return response
