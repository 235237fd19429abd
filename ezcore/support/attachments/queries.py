"""Reads of attachments. What belongs to an internal note is there for staff only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import select

from ezcore.kernel.errors import NotFound
from ezcore.support.attachments.models import TicketFile
from ezcore.support.tickets.models import Ticket, TicketMessage
from ezcore.work import UnitOfWork


def by_message(uow: UnitOfWork, ticket: Ticket) -> Mapping[int, Sequence[TicketFile]]:
    """The files of a ticket under the messages they came with; whoever shows a message shows its files."""
    found: dict[int, list[TicketFile]] = defaultdict(list)
    query = select(TicketFile).where(TicketFile.ticket_id == ticket.id).order_by(TicketFile.id)
    for file in uow.session.scalars(query):
        found[file.message_id].append(file)
    return found


def of_ticket(uow: UnitOfWork, ticket: Ticket, file_id: int, *, with_notes: bool) -> TicketFile:
    """One file of this ticket. Raises: NotFound, also for another ticket's and, without `with_notes`, for a note's."""
    query = (
        select(TicketFile)
        .join(TicketMessage, TicketMessage.id == TicketFile.message_id)
        .where(TicketFile.id == file_id, TicketFile.ticket_id == ticket.id)
    )
    if not with_notes:
        query = query.where(TicketMessage.internal.is_(False))
    found = uow.session.scalars(query).first()
    if found is None:
        raise NotFound("There is no such file")
    return found
