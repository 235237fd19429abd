"""What makes an exchange with the help desk necessary: something here, or word from there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ezcore.db.once import insert_once
from ezcore.plugin_api.ports.webhook_source import HelpdeskFact
from ezcore.support.helpdesk import operations, queries
from ezcore.support.helpdesk.jobs import EXCHANGE
from ezcore.support.helpdesk.models import DeskTicket
from ezcore.work import UnitOfWork


class AboutTicket(Protocol):
    """An event of a ticket."""

    @property
    def ticket_id(self) -> int:
        """Which one."""
        ...


def after_ticket(uow: UnitOfWork, events: Sequence[AboutTicket]) -> None:
    """Reaction: what happened to a ticket is told to the help desk that the settings name, if they name one."""
    helpdesk = uow.settings.support.helpdesk
    for ticket_id in sorted({event.ticket_id for event in events}) if helpdesk else ():
        insert_once(uow.session, DeskTicket, {"ticket_id": ticket_id, "helpdesk": helpdesk}, "ticket_id")
        # What was read from there a moment ago is not told back.
        if queries.differs(uow, ticket_id):
            operations.exchange(uow, ticket_id, EXCHANGE)


def heard(uow: UnitOfWork, source: str, fact: HelpdeskFact) -> None:
    """Something changed at the help desk: it is read, where the ticket is one of ours."""
    for ticket_id in queries.by_external(uow, source, [fact.external_id]):
        operations.exchange(uow, ticket_id, EXCHANGE)
