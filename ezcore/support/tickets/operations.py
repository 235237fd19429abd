"""Verbs of the support desk: open, reply, note, assign, move, close, link."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import update

from ezcore.audit import operations as audit
from ezcore.db.once import insert_once
from ezcore.kernel.errors import InvalidInput, NotFound, Refused
from ezcore.messaging.rules import check_address
from ezcore.support.attachments import operations as attachments
from ezcore.support.attachments import rules as attachment_rules
from ezcore.support.attachments.rules import Upload
from ezcore.support.tickets import queries
from ezcore.support.tickets.events import TicketAnswered, TicketClosed, TicketOpened, TicketReplied
from ezcore.support.tickets.links import check_owner
from ezcore.support.tickets.models import AuthorKind, Priority, Ticket, TicketLink, TicketMessage, TicketState
from ezcore.support.tickets.rules import (
    after_message,
    author_kind,
    clean_message,
    clean_subject,
    reference_of,
)
from ezcore.work import UnitOfWork

MANAGE = "support.manage"
CLIENT = "client.support"
PLUGIN = "plugin.tickets"
GUEST = "guest.tickets"
"""What a visitor has who may open a ticket; `guest_right` of one ticket lets write in it."""
OUTSIDE = ("client", "visitor")
TRIES = 20
BEST = 5


@dataclass(frozen=True)
class Guest:
    """Somebody without an account who writes to us."""

    name: str
    email: str


@dataclass(frozen=True)
class NewTicket:
    """What a ticket begins with. `links` are (kind, id) of things of the same client; `key` makes it once.

    Without a `priority` it is the department's. A guest's has no client. Mail comes to hidden departments, too.
    """

    client_id: int | None
    department: str
    subject: str
    message: str
    priority: Priority | None = None
    links: Sequence[tuple[str, int]] = ()
    key: str | None = None
    files: Sequence[Upload] = ()
    guest: Guest | None = None
    by_mail: bool = False


def open_ticket(uow: UnitOfWork, new: NewTicket) -> Ticket:
    """Open a ticket with its first message. With the same `key` the one that is there is given.

    Emits: TicketOpened. Raises: NotAllowed; NotFound (another client's thing); InvalidInput naming the field.
    """
    _may_write(uow, new.client_id)
    subject, message = clean_subject(new.subject), clean_message(new.message)
    department = queries.department(uow, new.department)
    offered = new.by_mail or uow.actor.kind not in OUTSIDE
    if department is None or (department.hidden and not offered):
        raise InvalidInput("Choose one of those offered", field="department")
    files, kind = attachment_rules.check(new.files, uow.settings.support), author_kind(uow.actor)
    priority = new.priority or Priority(department.priority)
    ticket_id = _insert(uow, replace(new, priority=priority), department.id, subject, kind)
    if ticket_id is None:
        found = queries.by_key(uow, new.key or "")
        assert found is not None
        return found
    ticket = uow.session.get_one(Ticket, ticket_id)
    _write(uow, ticket, kind, message, internal=False, files=files)
    for link_kind, object_id in new.links:
        link(uow, ticket, link_kind, object_id)
    audit.record(
        uow, "ticket.open", "ticket", ticket.id, client_id=ticket.client_id, after={"subject": subject}
    )
    uow.emit(TicketOpened(ticket.id, ticket.client_id, str(kind)))
    return ticket


def fresh_ticket(uow: UnitOfWork, new: NewTicket, department_id: int) -> Ticket:
    """A ticket without a message yet, for staff to move messages into. Raises: NotAllowed."""
    uow.actor.require(MANAGE)
    new = replace(new, priority=new.priority or Priority.NORMAL)
    ticket_id = _insert(uow, new, department_id, clean_subject(new.subject), author_kind(uow.actor))
    return uow.session.get_one(Ticket, ticket_id)


def reply(uow: UnitOfWork, ticket: Ticket, message: str, files: Sequence[Upload] = ()) -> TicketMessage:
    """Write to the other side. A client's reply opens a closed ticket again.

    Emits: TicketAnswered or TicketReplied. Raises: NotAllowed, InvalidInput.
    """
    _may_write(uow, ticket.client_id, ticket.id)
    if ticket.merged_into_id is not None:
        raise Refused("this ticket was merged into another one; write there")
    kind, checked = author_kind(uow.actor), attachment_rules.check(files, uow.settings.support)
    line = _write(uow, ticket, kind, clean_message(message), internal=False, files=checked)
    _move(uow, ticket, after_message(kind, ticket.state), "ticket.reply")
    if kind == AuthorKind.STAFF:
        ticket.answering_id = ticket.answering_at = None
    happened = TicketReplied if kind == AuthorKind.CLIENT else TicketAnswered
    uow.emit(happened(ticket.id, ticket.client_id, line.id))
    return line


def note(uow: UnitOfWork, ticket: Ticket, message: str, files: Sequence[Upload] = ()) -> TicketMessage:
    """Write down something that only staff read. Raises: NotAllowed, InvalidInput."""
    uow.actor.require(MANAGE)
    checked, kind = attachment_rules.check(files, uow.settings.support), author_kind(uow.actor)
    line = _write(uow, ticket, kind, clean_message(message), internal=True, files=checked)
    audit.record(uow, "ticket.note", "ticket", ticket.id, client_id=ticket.client_id)
    return line


def assign(uow: UnitOfWork, ticket: Ticket, user_id: int | None) -> None:
    """Give it to a member of staff, or to nobody. Raises: NotAllowed, InvalidInput."""
    uow.actor.require(MANAGE)
    if user_id is not None and user_id not in {user.id for user in queries.assignees(uow)}:
        raise InvalidInput("Choose one of those offered", field="assignee")
    _change(uow, ticket, "assignee_id", user_id)


def set_priority(uow: UnitOfWork, ticket: Ticket, priority: Priority) -> None:
    """Say how much it hurts. Raises: NotAllowed."""
    uow.actor.require(MANAGE)
    _change(uow, ticket, "priority", priority)


def move_to_department(uow: UnitOfWork, ticket: Ticket, slug: str) -> None:
    """Hand it to another department. Raises: NotAllowed, InvalidInput."""
    uow.actor.require(MANAGE)
    department = queries.department(uow, slug)
    if department is None:
        raise InvalidInput("Choose one of those offered", field="department")
    _change(uow, ticket, "department_id", department.id)


def set_status(uow: UnitOfWork, ticket: Ticket, state: TicketState) -> None:
    """Put it into a state by hand. Emits: TicketClosed when it is closed. Raises: NotAllowed; Refused when merged."""
    uow.actor.require(MANAGE)
    if ticket.merged_into_id is not None:
        raise Refused("this ticket was merged into another one")
    if state == TicketState.CLOSED:
        close(uow, ticket)
    else:
        _move(uow, ticket, state, "ticket.state")


def close(uow: UnitOfWork, ticket: Ticket) -> None:
    """It is done. Emits: TicketClosed. Raises: NotAllowed; Refused when it is closed already."""
    _may_write(uow, ticket.client_id, ticket.id)
    uow.session.refresh(ticket, with_for_update=True)
    if ticket.state == TicketState.CLOSED:
        raise Refused("this ticket is closed already")
    _move(uow, ticket, TicketState.CLOSED, "ticket.close")
    uow.emit(TicketClosed(ticket.id, ticket.client_id))


def rate(uow: UnitOfWork, ticket: Ticket, stars: int, words: str = "") -> None:
    """The client says how it went, once it is closed; saying it again replaces it.

    Raises: NotAllowed; NotFound for another client's; Refused while it is open; InvalidInput at `rating`.
    """
    uow.actor.require(CLIENT)
    if uow.actor.client_id != ticket.client_id:
        raise NotFound("There is no such ticket")
    if ticket.state != TicketState.CLOSED or ticket.merged_into_id is not None:
        raise Refused("a ticket is rated when it is closed")
    if not 1 <= stars <= BEST:
        raise InvalidInput(f"Choose between 1 and {BEST}", field="rating")
    before, ticket.rating, ticket.rating_note = ticket.rating, stars, " ".join(words.split())[:500]
    audit.record(
        uow, "ticket.rate", "ticket", ticket.id, client_id=ticket.client_id,
        before={"rating": before}, after={"rating": stars},
    )  # fmt: skip


def link(uow: UnitOfWork, ticket: Ticket, kind: str, object_id: int) -> None:
    """Say what it is about, once. Raises: NotAllowed; NotFound for a thing that is not this client's."""
    _may_write(uow, ticket.client_id, ticket.id)
    if ticket.client_id is None:
        raise Refused("a guest has nothing here; give the ticket to a client first")
    check_owner(uow, kind, object_id, ticket.client_id)
    insert_once(uow.session, TicketLink, {"ticket_id": ticket.id, "kind": kind, "object_id": object_id})


def _insert(
    uow: UnitOfWork, new: NewTicket, department_id: int, subject: str, kind: AuthorKind
) -> int | None:
    """A row under a free reference; None when another ticket has the key."""
    now = uow.now()
    values = {
        "key": new.key, "client_id": new.client_id, "user_id": uow.actor.user_id if kind == "client" else None,
        "department_id": department_id, "subject": subject, "priority": new.priority,
        "state": TicketState.OPEN, "opened_at": now, "moved_at": now,
        "guest_name": new.guest.name[:80] if new.guest else "",
        "guest_email": check_address(new.guest.email) if new.guest else None,
    }  # fmt: skip
    for _ in range(TRIES):
        reference = reference_of(uow.ids.key("tkt"), uow.today().year)
        found: int | None = insert_once(uow.session, Ticket, {**values, "reference": reference})
        if found is not None or (new.key is not None and queries.by_key(uow, new.key) is not None):
            return found
    raise Refused("no ticket number is free this year")


def _write(
    uow: UnitOfWork,
    ticket: Ticket,
    kind: AuthorKind,
    body: str,
    *,
    internal: bool,
    files: Sequence[Upload] = (),
) -> TicketMessage:
    line = TicketMessage(
        ticket_id=ticket.id, author_kind=kind, author_id=uow.actor.user_id, author_name=uow.actor.name[:200],
        body=body, internal=internal, at=uow.now(),
    )  # fmt: skip
    uow.session.add(line)
    uow.session.execute(update(Ticket).where(Ticket.id == ticket.id).values(moved_at=uow.now()))
    uow.session.flush()
    attachments.keep(uow, ticket.id, line.id, files)
    return line


def _move(uow: UnitOfWork, ticket: Ticket, state: TicketState, verb: str) -> None:
    before, ticket.state = ticket.state, state
    ticket.closed_at = uow.now() if state == TicketState.CLOSED else None
    audit.record(
        uow, verb, "ticket", ticket.id, client_id=ticket.client_id,
        before={"state": str(before)}, after={"state": str(state)},
    )  # fmt: skip


def _change(uow: UnitOfWork, ticket: Ticket, column: str, value: object) -> None:
    before = getattr(ticket, column)
    if before == value:
        return
    setattr(ticket, column, value)
    audit.record(
        uow, "ticket.change", "ticket", ticket.id, client_id=ticket.client_id,
        before={column: str(before)}, after={column: str(value)},
    )  # fmt: skip


def guest_right(ticket_id: int | None) -> str:
    """The permission to write in one guest's ticket; without a ticket, to open one."""
    return GUEST if ticket_id is None else f"{GUEST}.{ticket_id}"


def _may_write(uow: UnitOfWork, client_id: int | None, ticket_id: int | None = None) -> None:
    actor = uow.actor
    if actor.kind == "visitor":
        actor.require(guest_right(ticket_id))
        if client_id is not None:
            raise NotFound("There is no such ticket")
    elif actor.kind == "client":
        actor.require(CLIENT)
        if actor.client_id != client_id:
            raise NotFound("There is no such ticket")
    else:
        actor.require(PLUGIN if actor.kind == "plugin" else MANAGE)
