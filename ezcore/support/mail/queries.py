"""Reads of received mails, mailboxes and block rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Select, select

from ezcore.kernel.errors import NotFound
from ezcore.plugin_api.ports.file_store import FileLost
from ezcore.support.mail.models import BlockRule, Mailbox, ReceivedMail, key_of
from ezcore.support.tickets.models import Department, Ticket
from ezcore.work import UnitOfWork
from ezcore.work.stored_files import choose_store


def newest() -> Select[ReceivedMail, str, str | None]:
    """Received mails with their departments and the references of their tickets, the newest first."""
    return (
        select(ReceivedMail, Department.name, Ticket.reference)
        .join(Department, Department.id == ReceivedMail.department_id)
        .outerjoin(Ticket, Ticket.id == ReceivedMail.ticket_id)
        .order_by(ReceivedMail.id.desc())
    )


def by_id(uow: UnitOfWork, received_id: int) -> ReceivedMail:
    """One of them. Raises: NotFound."""
    found = uow.session.get(ReceivedMail, received_id)
    if found is None:
        raise NotFound("There is no such mail")
    return found


def by_message_id(uow: UnitOfWork, message_id: str) -> ReceivedMail | None:
    """The mail with this Message-ID."""
    return uow.session.scalars(select(ReceivedMail).where(ReceivedMail.message_id == message_id)).first()


def raw_of(uow: UnitOfWork, found: ReceivedMail) -> bytes:
    """The whole mail. Raises: NotFound for one that was too large, and when the store has lost it."""
    if found.sha256 is None:
        raise NotFound("This mail was too large to be kept")
    try:
        return choose_store(uow.settings).get(key_of(found.sha256))
    except FileLost as lost:
        raise NotFound("This mail is not here any more") from lost


def is_quiet(uow: UnitOfWork, ticket_message_id: int) -> bool:
    """Was this message a mail that a machine wrote?"""
    quiet = select(ReceivedMail.id).where(
        ReceivedMail.ticket_message_id == ticket_message_id, ReceivedMail.quiet.is_(True)
    )
    return uow.session.execute(quiet.limit(1)).first() is not None


def by_message(uow: UnitOfWork, ticket: Ticket) -> Mapping[int, ReceivedMail]:
    """Which messages of a ticket came by mail."""
    query = select(ReceivedMail).where(
        ReceivedMail.ticket_id == ticket.id, ReceivedMail.ticket_message_id.is_not(None)
    )
    return {one.ticket_message_id: one for one in uow.session.scalars(query) if one.ticket_message_id}


def mailboxes(uow: UnitOfWork) -> Sequence[tuple[Mailbox, Department]]:
    """Every mailbox with its department."""
    query = select(Mailbox, Department).join(Department, Department.id == Mailbox.department_id)
    return [(box, department) for box, department in uow.session.execute(query.order_by(Mailbox.id))]


def mailbox_of(uow: UnitOfWork, department_id: int) -> Mailbox | None:
    """The mailbox of a department."""
    return uow.session.scalars(select(Mailbox).where(Mailbox.department_id == department_id)).first()


def rules(uow: UnitOfWork) -> Sequence[BlockRule]:
    """Every block rule, by what it looks at."""
    return uow.session.scalars(select(BlockRule).order_by(BlockRule.kind, BlockRule.value)).all()
