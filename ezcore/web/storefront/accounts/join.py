"""Somebody invited to act for a client accepts by the link of the mail: with the login they have, or a new one."""

from __future__ import annotations

from typing import Any, Final

from pydantic import BaseModel

from ezcore.accounts import operations as accounts
from ezcore.accounts import queries
from ezcore.accounts.errors import LinkNotGood
from ezcore.accounts.inputs import Name, Password
from ezcore.accounts.people import operations as people
from ezcore.accounts.people.queries import invitation_behind
from ezcore.kernel.errors import InvalidInput
from ezcore.web.shared.flash import flash
from ezcore.web.shared.forms import Form, read_form
from ezcore.web.shared.request import EzRequest
from ezcore.web.shared.sessions import login_session, remember, visit_of
from ezcore.web.shared.views import page
from ezcore.web.storefront.accounts.answers import DASHBOARD, again, go_to
from ezcore.work import UnitOfWork

TEMPLATE: Final = "client/accounts/join.pt"


class NewPerson(BaseModel):
    """A login for one who has none."""

    name: Name
    password: Password


@page("join", "/accounts/join/{token}/", public="account door", template=TEMPLATE)
def show_join(request: EzRequest) -> dict[str, Any]:
    """For whom, and what is needed: one button, a login first, or a new login."""
    return {"form": Form(), **_facts(request, request.uow)}


@page(
    "join", "/accounts/join/{token}/", method="POST", public="account door", rate="login", template=TEMPLATE,
    audit="people.join", ambient=False,
)  # fmt: skip
def join(request: EzRequest) -> Any:
    """Accept."""
    with request.work.read(request.actor) as look:
        facts = _facts(request, look)
    form: Form[Any] = Form()
    if facts["state"] == "mine":
        return _accept(request, facts)
    if facts["state"] != "new":
        return again(request, form, **facts)
    form = read_form(request, NewPerson)
    if not form.is_valid:
        return again(request, form, **facts)
    typed, token = form.checked(), request.matchdict["token"]
    try:
        secret = typed.password.get_secret_value()
        user_id = people.accept_anew(request.work, request.actor, token, typed.name, secret)
    except LinkNotGood:
        return again(request, form, **{**facts, "state": "bad"})
    except InvalidInput as error:
        form.refuse(error)
        return again(request, form, **facts)
    visit = visit_of(request)
    with request.work.write(request.actor) as uow:
        opened = accounts.open_session(uow, user_id, ip=visit.ip, agent=visit.agent, old=visit.session)
    flash(request, "ok", f"Welcome. You act for {facts['client']} now.")
    response = go_to(DASHBOARD)
    remember(request, response, opened)
    return response


def _accept(request: EzRequest, facts: dict[str, Any]) -> Any:
    session = login_session(request)
    try:
        with request.work.write(request.actor) as uow:
            made = people.accept(uow, request.matchdict["token"])
            if session is not None:
                people.switch(uow, session.token_hash, made.client_id)
    except LinkNotGood:
        return again(request, Form(), **{**facts, "state": "bad"})
    flash(request, "ok", f"You act for {facts['client']} now.")
    return go_to(DASHBOARD)


def _facts(request: EzRequest, uow: UnitOfWork) -> dict[str, Any]:
    """`state`: bad, mine (logged in as the invited), other (logged in as somebody else), login (has one), new."""
    found = invitation_behind(uow, request.matchdict["token"])
    if found is None:
        return {"state": "bad", "client": "", "email": "", "here": request.path}
    invitation, client = found
    known = queries.user_by_email(uow, invitation.email)
    own = request.actor.user_id
    if own is not None:
        state = "mine" if known is not None and known.id == own else "other"
    else:
        state = "new" if known is None else "login"
    shown = {"client": client.company or client.name, "email": invitation.email, "here": request.path}
    return {"state": state, **shown}
