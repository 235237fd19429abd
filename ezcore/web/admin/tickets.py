"""/admin/tickets/: the queue of the support desk, one ticket with everything staff can do with it."""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import BaseModel, Field, StringConstraints
from pyramid.httpexceptions import HTTPSeeOther

from ezcore.kernel.errors import InvalidInput
from ezcore.support.replies import operations as replies
from ezcore.support.tickets import operations as tickets
from ezcore.support.tickets import queries, watching
from ezcore.support.tickets.models import Priority, Ticket, TicketState
from ezcore.support.tickets.operations import NewTicket
from ezcore.support.tickets.rules import LONGEST_MESSAGE, LONGEST_SUBJECT
from ezcore.web.admin.bulk.tickets import TICKETS
from ezcore.web.admin.line_forms import client_by
from ezcore.web.admin.tables import Column, chosen_state, counted, link, listing, state_filters
from ezcore.web.admin.ticket_page import LABELS, done, facts, find
from ezcore.web.shared.flash import flash
from ezcore.web.shared.forms import Form, read_form
from ezcore.web.shared.markup import badge, moment
from ezcore.web.shared.path_ids import as_id, path_id
from ezcore.web.shared.status import kind_and_word
from ezcore.web.shared.ticket_files import answer, file_facts, uploads
from ezcore.web.shared.views import page

NARROWING: Final = ("mine", "free", "waits", "desk")


class Words(BaseModel):
    """A reply or a note; `seen` is the last message that stood on the page."""

    seen: Annotated[int, Field(ge=0)] | None = None
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
    """Last moved first; by state, and by `NARROWING`: one's own, nobody's, whose turn is ours, one's departments'."""
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
    """The conversation, notes included; `?reply=3` begins an answer with a canned reply."""
    found, form = find(request), Form[Any]()
    if request.GET.get("reply"):
        chosen = replies.by_id(request.uow, as_id(request.GET["reply"]))
        form.values["message"] = replies.printed(request.uow, chosen, found)
    return facts(request, found, form)


@page(
    "admin.ticket.reply", "/admin/tickets/{reference}/reply/", method="POST", permission="support.manage",
    audit="ticket.reply", template="admin/ticket.pt",
)  # fmt: skip
def reply(request: Any) -> Any:
    """Write to the client, unless somebody did since the page was read."""
    found = find(request)

    def act(typed: Words) -> None:
        if typed.seen is not None:
            watching.check_seen(request.uow, found, typed.seen)
        tickets.reply(request.uow, found, typed.message, uploads(request))

    return done(request, found, read_form(request, Words), act, "Sent")


@page(
    "admin.ticket.note", "/admin/tickets/{reference}/note/", method="POST", permission="support.manage",
    audit="ticket.note", template="admin/ticket.pt",
)  # fmt: skip
def note(request: Any) -> Any:
    """Write for staff only."""
    found = find(request)

    def act(typed: Words) -> None:
        tickets.note(request.uow, found, typed.message, uploads(request))

    return done(request, found, read_form(request, Words), act, "Noted")


@page("admin.ticket.file", "/admin/tickets/{reference}/files/{id}/download/", permission="support.manage")
def file(request: Any) -> Any:
    """A file of the conversation, notes included, to be saved."""
    return answer(request, find(request), path_id(request), staff=True)


@page(
    "admin.ticket.handle", "/admin/tickets/{reference}/handle/", method="POST", permission="support.manage",
    audit="ticket.change", template="admin/ticket.pt",
)  # fmt: skip
def handle(request: Any) -> Any:
    """State, priority, department, assignee."""
    found = find(request)

    def act(typed: Handling) -> None:
        uow = request.uow
        tickets.assign(uow, found, typed.assignee)
        tickets.move_to_department(uow, found, typed.department)
        tickets.set_priority(uow, found, typed.priority)
        if typed.state != found.state:
            tickets.set_status(uow, found, typed.state)

    return done(request, found, read_form(request, Handling), act, "Saved")


def _narrowed(request: Any, state: str) -> list[Any]:
    """By whose they are and whose turn it is; closed ones are left out unless they are asked for."""
    me, asked = request.actor.user_id, request.GET
    conditions = {
        "mine": Ticket.assignee_id == me,
        "free": Ticket.assignee_id.is_(None),
        "waits": Ticket.state.in_((TicketState.OPEN, TicketState.CUSTOMER_REPLY)),
        "desk": Ticket.department_id.in_(queries.departments_of(me)),
    }
    found = [conditions[name] for name in NARROWING if asked.get(name)]
    return [*found, Ticket.state != TicketState.CLOSED] if found and not state else found


def _list(request: Any, form: Form[Any]) -> dict[str, Any]:
    zone = request.settings.shop.time_zone
    counts = counted(request, Ticket.state)
    query = queries.queue()
    wanted = chosen_state(request, counts, "state", set(TicketState))
    if wanted:
        query = query.where(Ticket.state == wanted)
    query = query.where(*_narrowed(request, wanted))

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
        keep=("state", *NARROWING),
        filters=state_filters(request, counts, "state", lambda state: kind_and_word(f"ticket_{state}")[1]),
        empty="Nobody asks anything.",
        bulk=TICKETS.bar(request, lambda found: found[0].id),
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
