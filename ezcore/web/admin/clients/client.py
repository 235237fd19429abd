"""One client at a glance: what is owed, what runs, who may act, what staff should know; notes are written here."""

from __future__ import annotations

from typing import Any, Final

from pyramid.httpexceptions import HTTPSeeOther
from sqlalchemy import func, literal, select, union_all

from ezcore.accounts import operations as accounts
from ezcore.accounts import queries
from ezcore.accounts.countries import countries
from ezcore.accounts.factors.queries import with_factor
from ezcore.accounts.models import Client
from ezcore.accounts.tags import queries as tags
from ezcore.billing.credit import queries as credit
from ezcore.billing.invoices.models import Invoice, InvoiceStatus
from ezcore.catalog.products.models import Product
from ezcore.kernel.errors import InvalidInput, NotFound
from ezcore.services.services.models import Service
from ezcore.support.tickets.models import Ticket, TicketState
from ezcore.web.admin.clients.pages import RUNS, WORDS, owed_by
from ezcore.web.admin.clients.parts import tabs_of
from ezcore.web.shared.flash import flash
from ezcore.web.shared.path_ids import as_id, path_id
from ezcore.web.shared.views import page

TEMPLATE: Final = "admin/clients/client.pt"
SHOWN: Final = 10
_TICKETS: Final = Ticket.__tablename__
ROLES: Final = {
    "owner": "Owner: everything",
    "billing": "Pays: invoices, methods, tickets",
    "technical": "Works: services, tickets",
    "read_only": "Looks only",
    "custom": "Chosen permissions",
}


@page("admin.client", "/admin/clients/{id}/", permission="staff.read", template=TEMPLATE)
def client(request: Any) -> dict[str, Any]:
    """The first screen about a client."""
    return facts_of(request, queries.client(request.uow, path_id(request)))


@page(
    "admin.client.notes", "/admin/clients/{id}/notes/", method="POST", permission="clients.manage",
    audit="client.note", template=TEMPLATE,
)  # fmt: skip
def notes(request: Any) -> Any:
    """Write a note, put one on top or back, or take one away."""
    found = queries.client(request.uow, path_id(request))
    do, typed = str(request.POST.get("do", "add")), str(request.POST.get("body", ""))
    try:
        words = _note(request, found, do, typed)
    except InvalidInput as error:
        request.response.status_code = 422
        return facts_of(request, found) | {"errors": {"body": error.message}, "typed": typed}
    flash(request, "ok", words)
    return HTTPSeeOther(request.route_path("admin.client", id=found.id))


def _note(request: Any, found: Client, do: str, typed: str) -> str:
    if do == "add":
        accounts.add_note(request.uow, found.id, typed, sticky=bool(request.POST.get("sticky")))
        return "The note is kept"
    number = as_id(str(request.POST.get("note", "")))
    if do == "remove":
        accounts.remove_note(request.uow, found.id, number)
        return "The note is gone"
    if do not in ("stick", "unstick"):
        raise NotFound("There is no such change")
    accounts.stick_note(request.uow, found.id, number, sticky=do == "stick")
    return "The note stands on top" if do == "stick" else "The note stands in the row"


def facts_of(request: Any, found: Client) -> dict[str, Any]:
    """What the first screen shows."""
    session = request.uow.session
    running = (
        select(Service, Product.name)
        .join(Product, Product.id == Service.product_id)
        .where(Service.client_id == found.id, Service.state.in_((*RUNS, "pending")))
        .order_by(Service.id.desc())
    )
    counts = union_all(
        select(Service.state, func.count()).where(Service.client_id == found.id).group_by(Service.state),
        select(literal(_TICKETS), func.count()).where(
            Ticket.client_id == found.id, Ticket.state != TicketState.CLOSED
        ),
    )
    unpaid = select(Invoice).where(Invoice.client_id == found.id, Invoice.status == InvoiceStatus.UNPAID)
    states = dict(session.execute(counts).all())
    waiting = states.pop(_TICKETS)
    own_tags, known_tags = tags.on_and_known(request.uow, found.id)
    members = queries.members_of(request.uow, found.id)
    return {
        "client": found,
        "name": found.company or found.name,
        "words": WORDS,
        "country": countries().get(found.country, found.country),
        "tabs": tabs_of(request, found.id),
        "owes": [amount for _, amount in owed_by(request, Invoice.client_id == found.id)],
        "credit": credit.balances(request.uow, found.id),
        "runs": sum(states.get(state, 0) for state in RUNS),
        "ever": sum(states.values()),
        "services": session.execute(running.limit(SHOWN)).all(),
        "invoices": session.scalars(unpaid.order_by(Invoice.due_on).limit(SHOWN)).all()
        if request.actor.may("billing.manage")
        else None,
        "tickets": waiting,
        "members": members,
        "factors": with_factor(request.uow, [user.id for _, user in members]),
        "roles": ROLES,
        "notes": queries.notes_of(request.uow, found.id),
        "today": request.uow.today(),
        "tags": own_tags,
        "known_tags": known_tags,
        "errors": {},
        "typed": "",
        "typed_tag": "",
        "may": request.actor.may("clients.manage"),
    }
