"""/account/api-keys/: keys for programs; a new one is shown once, after the password."""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import BaseModel, StringConstraints
from pyramid.httpexceptions import HTTPSeeOther
from pyramid.renderers import render_to_response

from ezcore.accounts import operations as accounts
from ezcore.accounts.api_keys import operations as keys
from ezcore.accounts.api_keys.queries import keys_of
from ezcore.accounts.api_keys.rules import LIVES, SCOPES
from ezcore.accounts.errors import TooManyTries
from ezcore.accounts.inputs import Name, Password
from ezcore.kernel.errors import InvalidInput, Refused
from ezcore.web.shared.flash import flash
from ezcore.web.shared.forms import Form, read_form, sentence
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.request import EzRequest
from ezcore.web.shared.views import page
from ezcore.work import UnitOfWork

TEMPLATE: Final = "client/account/api_keys.pt"


class NewKey(BaseModel):
    """A key to make."""

    name: Name
    scopes: list[Annotated[str, StringConstraints(max_length=20)]] = []
    days: int
    password: Password


@page("api_keys", "/account/api-keys/", permission="client.people", template=TEMPLATE)
def show_keys(request: EzRequest) -> dict[str, Any]:
    """Every key, and the form."""
    return _facts(request, request.uow, Form(values={"scopes": ["read"], "days": "90"}))


@page(
    "api_keys", "/account/api-keys/", method="POST", permission="client.people", rate="login",
    template=TEMPLATE, audit="api_key.create", ambient=False,
)  # fmt: skip
def create(request: EzRequest) -> Any:
    """Make one; the answer shows it and is never kept."""
    form = read_form(request, NewKey)
    try:
        typed = form.checked()
        accounts.confirm_own_password(request.work, request.actor, typed.password.get_secret_value())
        with request.work.write(request.actor) as uow:
            text = keys.create(uow, typed.name, typed.scopes, typed.days)
    except InvalidInput as error:
        if form.model is not None:
            form.refuse(error)
    except (Refused, TooManyTries) as error:
        form.errors["form"] = sentence(error.message)
    else:
        response = render_to_response("client/account/api_key.pt", {"text": text}, request=request)
        response.headers["Cache-Control"] = "no-store"
        return response
    request.response.status_code = 422
    with request.work.read(request.actor) as look:
        return _facts(request, look, form)


@page(
    "api_keys.revoke", "/account/api-keys/{id}/revoke/", method="POST", permission="client.people",
    audit="api_key.revoke",
)  # fmt: skip
def revoke(request: EzRequest) -> HTTPSeeOther:
    """End one."""
    keys.revoke(request.uow, path_id(request))
    flash(request, "ok", "The key is ended.")
    return HTTPSeeOther(request.route_path("api_keys"))


def _facts(request: EzRequest, uow: UnitOfWork, form: Form[NewKey]) -> dict[str, Any]:
    return {
        "form": form,
        "keys": keys_of(uow, request.client_id),
        "now": uow.now(),
        "scopes": SCOPES,
        "lives": LIVES,
    }
