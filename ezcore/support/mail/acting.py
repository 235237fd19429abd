"""What staff do with a mail that was not taken: open a ticket from it, put it into one, or block its sender."""

from __future__ import annotations

from ezcore.audit import operations as audit
from ezcore.kernel.actor import Actor
from ezcore.kernel.errors import InvalidInput, NotFound, Refused
from ezcore.messaging.rules import check_address
from ezcore.support.mail import blocking, queries, writing
from ezcore.support.mail.models import Outcome, ReceivedMail, RuleKind
from ezcore.support.mail.parsing import Arrived, parse
from ezcore.support.mail.senders import ALLOWED, author_on, client_by
from ezcore.support.tickets import guests
from ezcore.support.tickets.models import Department, Ticket
from ezcore.support.tickets.operations import MANAGE
from ezcore.support.tickets.queries import by_reference, living
from ezcore.work import UnitOfWork

DONE = frozenset({Outcome.POSTED, Outcome.OPENED})


def open_ticket(uow: UnitOfWork, found: ReceivedMail) -> Ticket:
    """A ticket from it: the client's whose confirmed address it is, else a guest's, whatever the department allows.

    Emits: TicketOpened. Raises: NotAllowed; NotFound when the mail is not kept; Refused when it is a message already.
    """
    arrived = _arrived(uow, found)
    department = uow.session.get_one(Department, found.department_id)
    client = client_by(uow, found.sender)
    if client is None:
        try:
            check_address(found.sender)
        except InvalidInput as error:
            raise Refused("this mail has no sender to whom one could write") from error
    ticket, line = writing.open_from(uow, department, arrived, client)
    _settle(uow, found, Outcome.OPENED, ticket, line)
    return ticket


def put_into(uow: UnitOfWork, found: ReceivedMail, reference: str) -> Ticket:
    """Make it a message of this ticket, from the sender.

    Emits: TicketReplied. Raises: NotAllowed; InvalidInput at `reference`; NotFound when the mail is not kept; Refused
    when it is a message already.
    """
    arrived = _arrived(uow, found)
    try:
        ticket = living(uow, by_reference(uow, reference.strip().upper()))
    except NotFound as error:
        raise InvalidInput("There is no such ticket", field="reference") from error
    author = author_on(uow, ticket, found.sender, found.sender_name, proven=True) or _stranger(ticket, found)
    line = writing.post(uow, ticket, arrived, author)
    _settle(uow, found, Outcome.POSTED, ticket, line)
    return ticket


def block_sender(uow: UnitOfWork, found: ReceivedMail) -> None:
    """Mail from this address goes no further from now on. Raises: NotAllowed; InvalidInput when it was before."""
    blocking.add(uow, RuleKind.ADDRESS, found.sender)
    found.handled_at = uow.now()


def _arrived(uow: UnitOfWork, found: ReceivedMail) -> Arrived:
    uow.actor.require(MANAGE)
    uow.session.refresh(found, with_for_update=True)
    if found.outcome in DONE:
        raise Refused("this mail is in a ticket already")
    return parse(queries.raw_of(uow, found))


def _stranger(ticket: Ticket, found: ReceivedMail) -> Actor:
    """Somebody who is not on the ticket and whom staff let in, with their address beside the name."""
    name = f"{found.sender_name} ({found.sender})" if found.sender_name else found.sender or "Unknown sender"
    if ticket.client_id is None:
        return Actor("visitor", permissions=guests.writer(ticket).permissions, name=name)
    return Actor("client", client_id=ticket.client_id, permissions=ALLOWED, name=name)


def _settle(uow: UnitOfWork, found: ReceivedMail, outcome: Outcome, ticket: Ticket, line: int) -> None:
    before = found.outcome
    found.outcome, found.why = outcome, f"By {uow.actor.name}: {found.why}"[:400]
    found.ticket_id, found.ticket_message_id, found.handled_at = ticket.id, line, uow.now()
    audit.record(
        uow, "mail.take", "support_received_mail", found.id, client_id=ticket.client_id,
        before={"outcome": before}, after={"outcome": str(outcome), "ticket": ticket.reference},
    )  # fmt: skip
