"""Security: where I am logged in, log others out, change the password. For clients and staff alike."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther

from ezcore.accounts import operations as accounts
from ezcore.accounts import queries
from ezcore.accounts.errors import WrongPassword
from ezcore.accounts.factors.queries import state_of
from ezcore.accounts.inputs import ChangePasswordInput
from ezcore.kernel.errors import InvalidInput, NotAllowed
from ezcore.web.shared.flash import flash
from ezcore.web.shared.forms import Form, read_form
from ezcore.web.shared.request import EzRequest
from ezcore.web.shared.sessions import login_session
from ezcore.web.shared.views import page
from ezcore.web.storefront.accounts.answers import again, go
from ezcore.web.storefront.accounts.devices import device
from ezcore.work import UnitOfWork

TEMPLATE = "client/accounts/security.pt"


@page("security", "/account/security/", public="account door", template=TEMPLATE)
def show_security(request: EzRequest) -> dict[str, Any]:
    """Second factor, sessions, address and the password form, for every user; a visitor is asked to log in."""
    return {"form": Form(), **_facts(request, request.uow)}


@page("security.old", "/accounts/security/", public="account door")
def old_address(request: EzRequest) -> HTTPSeeOther:
    """Where the page was before: bookmarks and old mails still find it."""
    return go(request, "security")


@page(
    "security", "/account/security/", method="POST", public="account door", rate="login", template=TEMPLATE,
    audit="user.change_password", ambient=False,
)  # fmt: skip
def change_password(request: EzRequest) -> Any:
    """Change the password; every other session is over."""
    facts = login_session(request)
    if facts is None:
        raise NotAllowed("Please log in")
    form = read_form(request, ChangePasswordInput)
    try:
        typed = form.checked()
        accounts.change_password(
            request.work, request.actor, typed.current.get_secret_value(),
            typed.password.get_secret_value(), keep=facts.token_hash,
        )  # fmt: skip
    except InvalidInput as error:
        if isinstance(error, WrongPassword) or form.model is not None:
            form.refuse(error)
        with request.work.read(request.actor) as uow:
            return again(request, form, **_facts(request, uow))
    flash(request, "ok", "Your password is changed. Every other device was logged out.")
    return go(request, "security")


@page(
    "security.revoke", "/account/security/revoke/", method="POST", public="account door",
    audit="user.revoke_session",
)  # fmt: skip
def revoke(request: EzRequest) -> Any:
    """Log one device out."""
    queries.user_of(request.uow, request.actor)
    accounts.revoke_session(request.uow, str(request.POST.get("session", ""))[:40])
    flash(request, "ok", "That device is logged out.")
    return go(request, "security")


@page(
    "security.revoke_others", "/account/security/revoke-others/", method="POST", public="account door",
    audit="user.revoke_sessions",
)  # fmt: skip
def revoke_others(request: EzRequest) -> Any:
    """Log every device out but this one."""
    facts = login_session(request)
    if facts is None:
        raise NotAllowed("Please log in")
    ended = accounts.end_other_sessions(request.uow, facts.token_hash)
    words = "1 other device is logged out." if ended == 1 else f"{ended} other devices are logged out."
    flash(request, "ok", words)
    return go(request, "security")


def _facts(request: EzRequest, uow: UnitOfWork) -> dict[str, Any]:
    user = queries.user_of(uow, request.actor)
    facts = login_session(request)
    return {
        "sessions": queries.sessions_of(uow, user.id),
        "current": facts.public_id if facts else "",
        "device": device,
        "email": user.email,
        "factor": state_of(uow, user.id),
    }
