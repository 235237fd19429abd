"""/admin/tickets/: the queue of the support desk, one ticket with everything staff can do with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Final

from pydantic import BaseModel, Field, StringConstraints
from pyramid.httpexceptions import HTTPSeeOther

from ezcore.accounts.models import Client
from ezcore.kernel.errors import InvalidInput
from ezcore.support.tickets import operations as tickets
from ezcore.support.tickets import queries
from ezcore.support.tickets.models import Priority, Ticket, TicketState
from ezcore.support.tickets.operations import NewTicket
from ezcore.support.tickets.rules import LONGEST_MESSAGE, LONGEST_SUBJECT
from ezcore.web.admin.line_forms import client_by
from ezcore.web.admin.tables import Column, counted, link, listing, state_filters
from ezcore.web.shared.flash import flash
from ezcore.web.shared.forms import Form, read_form
from ezcore.web.shared.markup import badge, moment
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.prose import prose
from ezcore.web.shared.status import kind_and_word
from ezcore.web.shared.ticket_files import answer, file_facts, uploads
from ezcore.web.shared.ticket_links import linked
from ezcore.web.shared.views import page

LABELS: Final = {
    "client": "Client", "department": "Department", "subject": "Subject", "message": "Message",
    "assignee": "Assignee", "files": "Files",
}  # fmt: skip


class Words(BaseModel):
    """A reply or a note."""

    message: Annotated[str, StringConstraints(max_length=LONGEST_MESSAGE)] = ""


class Handling(BaseModel):
    """State, priority, department and assignee, as chosen."""

    state: TicketState
    priority: Priority
    department: Annotated[str, StringConstraints(max_length=40)]
    assignee: Annotated[int, Field(ge=1)] | None = None


class Opening(BaseModel):
    """A ticket that staff open for a client."""

    client: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=254)]
    department: Annotated[str, StringConstraints(max_length=40)] = ""
    subject: Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST_SUBJECT)] = ""
    message: Annotated[str, StringConstraints(max_length=LONGEST_MESSAGE)] = ""


@page("admin.tickets", "/admin/tickets/", permission="support.manage", template="admin/tickets.pt")
def list_tickets(request: Any) -> dict[str, Any]:
    """Last moved first; by state, and `?mine=1` for one's own."""
    return _list(request, Form())


@page(
    "admin.tickets", "/admin/tickets/", method="POST", permission="support.manage", audit="ticket.open",
    template="admin/tickets.pt",
)  # fmt: skip
def open_for(request: Any) -> Any:
    """Open a ticket for a client; they are written to."""
    form = read_form(request, Opening)
    if form.is_valid:
        typed = form.checked()
        try:
            client = client_by(request.uow, typed.client)
            new = NewTicket(client.id, typed.department, typed.subject, typed.message, files=uploads(request))
            ticket = tickets.open_ticket(request.uow, new)
        except InvalidInput as error:
            form.refuse(error)
        else:
            flash(request, "ok", f"Opened {ticket.reference}")
            return HTTPSeeOther(request.route_path("admin.ticket", reference=ticket.reference))
    request.response.status_code = 422
    return _list(request, form)


@page("admin.ticket", "/admin/tickets/{reference}/", permission="support.manage", template="admin/ticket.pt")
def show(request: Any) -> dict[str, Any]:
    """The conversation, notes included."""
    return _facts(request, _ticket(request), Form())


@page(
    "admin.ticket.reply", "/admin/tickets/{reference}/reply/", method="POST", permission="support.manage",
    audit="ticket.reply", template="admin/ticket.pt",
)  # fmt: skip
def reply(request: Any) -> Any:
    """Write to the client."""
    return _write(request, tickets.reply, "Sent")


@page(
    "admin.ticket.note", "/admin/tickets/{reference}/note/", method="POST", permission="support.manage",
    audit="ticket.note", template="admin/ticket.pt",
)  # fmt: skip
def note(request: Any) -> Any:
    """Write for staff only."""
    return _write(request, tickets.note, "Noted")


@page("admin.ticket.file", "/admin/tickets/{reference}/files/{id}/", permission="support.manage")
def file(request: Any) -> Any:
    """A file of the conversation, notes included, to be saved."""
    return answer(request, _ticket(request), path_id(request), staff=True)


@page(
    "admin.ticket.handle", "/admin/tickets/{reference}/handle/", method="POST", permission="support.manage",
    audit="ticket.change", template="admin/ticket.pt",
)  # fmt: skip
def handle(request: Any) -> Any:
    """State, priority, department, assignee."""
    found, form = _ticket(request), read_form(request, Handling)
    if form.is_valid:
        typed, uow = form.checked(), request.uow
        try:
            tickets.assign(uow, found, typed.assignee)
            tickets.move_to_department(uow, found, typed.department)
        except InvalidInput as error:
            form.refuse(error)
        else:
            tickets.set_priority(uow, found, typed.priority)
            if typed.state != found.state:
                tickets.set_status(uow, found, typed.state)
            flash(request, "ok", "Saved")
            return HTTPSeeOther(request.route_path("admin.ticket", reference=found.reference))
    request.response.status_code = 422
    return _facts(request, found, form)


def _write(request: Any, verb: Callable[..., Any], said: str) -> Any:
    found, form = _ticket(request), read_form(request, Words)
    if form.is_valid:
        try:
            verb(request.uow, found, form.checked().message, uploads(request))
        except InvalidInput as error:
            form.refuse(error)
        else:
            flash(request, "ok", said)
            return HTTPSeeOther(request.route_path("admin.ticket", reference=found.reference))
    request.response.status_code = 422
    return _facts(request, found, form)


def _ticket(request: Any) -> Ticket:
    return queries.by_reference(request.uow, request.matchdict["reference"])


def _list(request: Any, form: Form[Any]) -> dict[str, Any]:
    zone = request.settings.shop.time_zone
    counts = counted(request, Ticket.state)
    query = queries.queue()
    if request.GET.get("state") in counts:
        query = query.where(Ticket.state == request.GET["state"])
    if request.GET.get("mine"):
        query = query.where(Ticket.assignee_id == request.actor.user_id)

    def row(found: Any) -> list[Any]:
        ticket, client, department, assignee = found
        return [
            link(request, ticket.subject, "admin.ticket", f"{ticket.reference}, {client}", reference=ticket.reference),
            badge(f"ticket_{ticket.state}"),
            badge(ticket.priority),
            department,
            assignee or "nobody",
            moment(ticket.moved_at, zone),
        ]  # fmt: skip

    found = listing(
        request,
        query,
        row,
        title="Tickets",
        lead="What clients ask. Last moved first.",
        columns=(
            Column("Ticket"),
            Column("Status", "c-r"),
            Column("Priority"),
            Column("Department"),
            Column("Assignee"),
            Column("Last message"),
        ),
        keep=("state", "mine"),
        filters=state_filters(request, counts, "state", lambda state: kind_and_word(f"ticket_{state}")[1]),
        empty="Nobody asks anything.",
    ).page()
    departments = queries.departments(request.uow, hidden=True)
    return {
        **found,
        "form": form,
        "errors": form.errors,
        "labels": LABELS,
        "departments": departments,
        **file_facts(request),
    }


def _facts(request: Any, found: Ticket, form: Form[Any]) -> dict[str, Any]:
    talk = queries.conversation(request.uow, found, with_notes=True)
    return {
        "talk": talk,
        "ticket": found,
        "prose": prose,
        "client": request.uow.session.get_one(Client, found.client_id),
        "links": linked(request, talk.links, staff=True),
        **file_facts(request, found),
        "states": [(str(state), kind_and_word(f"ticket_{state}")[1]) for state in TicketState],
        "priorities": [(str(one), str(one).capitalize()) for one in Priority],
        "departments": [(one.slug, one.name) for one in queries.departments(request.uow, hidden=True)],
        "staff": [(str(user.id), user.name or user.email) for user in queries.assignees(request.uow)],
        "form": form,
        "errors": form.errors,
        "labels": LABELS,
    }
