"""Staff make a client, correct its details, close and reopen its account; a form in error loses nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from pyramid.httpexceptions import HTTPSeeOther
from sqlalchemy import func, select

from ezcore.accounts import operations as accounts
from ezcore.accounts import queries
from ezcore.accounts.countries import LANGUAGES, countries
from ezcore.accounts.inputs import ClientInput, NewClientInput
from ezcore.accounts.models import Client, ClientStatus
from ezcore.kernel.errors import InvalidInput
from ezcore.languages import say
from ezcore.services.services.models import Service
from ezcore.web.admin.clients.pages import RUNS
from ezcore.web.shared.flash import flash
from ezcore.web.shared.form_fields import Field, fields_of
from ezcore.web.shared.forms import Form, read_form
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.views import page

FORM: Final = "admin/clients/form.pt"
CLOSING: Final = "admin/clients/close.pt"
LABELS: Final = {
    "name": "Name", "company": "Company", "email": "E-mail address", "line1": "Address",
    "line2": "Address, second line", "postcode": "Postcode", "city": "City", "country": "Country",
    "region": "State or province",
    "tax_number": "Tax number", "language": "Language", "separate_invoices": "One invoice per service",
    "invite": "Mail them a link to choose a password",
}  # fmt: skip
HINTS: Final = {
    "email": "Invoices and mails go there; a login keeps its own address",
    "invite": "It works for an hour; later they ask for one themselves at the login",
    "separate_invoices": "Otherwise what is due on the same day stands on one",
}
ORDER: Final = ("name", "company", "email")


@page("admin.client.new", "/admin/clients/new/", permission="clients.manage", template=FORM)
def new(request: Any) -> dict[str, Any]:
    """An empty form."""
    seller = Form[NewClientInput](values={"country": "", "language": "en", "invite": True})
    return _form(request, NewClientInput, seller, None)


@page(
    "admin.client.new", "/admin/clients/new/", method="POST", permission="clients.manage", audit="client.create",
    template=FORM,
)  # fmt: skip
def create(request: Any) -> Any:
    """Make the client and its owner's login."""
    form = read_form(request, NewClientInput)
    if form.is_valid:
        try:
            made = accounts.create_by_staff(request.uow, form.checked())
        except InvalidInput as error:
            form.refuse(error)
        else:
            flash(request, "ok", f"{made.company or made.name} is a client now")
            return HTTPSeeOther(request.route_path("admin.client", id=made.id))
    request.response.status_code = 422
    return _form(request, NewClientInput, form, None)


@page("admin.client.edit", "/admin/clients/{id}/edit/", permission="clients.manage", template=FORM)
def edit(request: Any) -> dict[str, Any]:
    """What stands now."""
    client = queries.client(request.uow, path_id(request))
    standing = {name: getattr(client, name) for name in ClientInput.model_fields}
    return _form(request, ClientInput, Form(values=standing), client)


@page(
    "admin.client.edit", "/admin/clients/{id}/edit/", method="POST", permission="clients.manage",
    audit="client.update", template=FORM,
)  # fmt: skip
def save(request: Any) -> Any:
    """Correct it; issued invoices keep what they say."""
    client, form = queries.client(request.uow, path_id(request)), read_form(request, ClientInput)
    if not form.is_valid:
        request.response.status_code = 422
        return _form(request, ClientInput, form, client)
    accounts.change_client(request.uow, client.id, form.checked())
    flash(request, "ok", "The details are saved")
    return HTTPSeeOther(request.route_path("admin.client", id=client.id))


@page("admin.client.close", "/admin/clients/{id}/close/", permission="clients.manage", template=CLOSING)
def ask_close(request: Any) -> dict[str, Any]:
    """Say what closing or reopening means, and ask why."""
    return _closing(request, queries.client(request.uow, path_id(request)))


@page(
    "admin.client.close", "/admin/clients/{id}/close/", method="POST", permission="clients.manage",
    audit="client.close", template=CLOSING,
)  # fmt: skip
def close(request: Any) -> Any:
    """Close or reopen, as the button said; a second click meets a refusal."""
    client, reason = queries.client(request.uow, path_id(request)), str(request.POST.get("reason", ""))
    back = request.POST.get("do") == "reopen"
    act = accounts.reopen_client if back else accounts.close_client
    try:
        act(request.uow, client.id, reason)
    except InvalidInput as error:
        request.response.status_code = 422
        return _closing(request, client) | {"errors": {"reason": error.message}, "typed": reason[:400]}
    flash(request, "ok", "The account is open again" if back else "The account is closed")
    return HTTPSeeOther(request.route_path("admin.client", id=client.id))


def _closing(request: Any, client: Client) -> dict[str, Any]:
    running = select(func.count()).where(Service.client_id == client.id, Service.state.in_(RUNS))
    return {
        "client": client,
        "name": client.company or client.name,
        "closed": client.status == ClientStatus.CLOSED,
        "runs": request.uow.session.scalar(running) or 0,
        "errors": {},
        "typed": "",
    }


def _form(request: Any, model: type[Any], form: Form[Any], client: Client | None) -> dict[str, Any]:
    fields = fields_of(model, form.values, form.errors)
    fields.sort(key=lambda one: ORDER.index(one.name) if one.name in ORDER else len(ORDER))
    return {
        "client": client,
        "title": say("Details of ${company}", company=client.company or client.name)
        if client
        else say("New client"),
        "fields": [_offered(one) for one in fields],
        "errors": form.errors,
        "labels": LABELS,
        "currency": request.settings.shop.currency,
    }


def _offered(field: Field) -> Field:
    shown = replace(field, label=LABELS[field.name], hint=HINTS.get(field.name))
    if field.name == "country":
        return replace(shown, kind="select", choices=(("", "Choose"), *countries().items()))
    if field.name == "language":
        return replace(shown, kind="select", choices=tuple(LANGUAGES.items()), required=True)
    return shown
