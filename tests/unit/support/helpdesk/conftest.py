"""A shop that names another help desk, and who writes at which."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from ezcore.plugin_api.ports.helpdesk import Helpdesk, HelpdeskReply
from ezcore.plugin_api.ports.webhook_source import HelpdeskFact
from ezcore.reactions import apply_fact
from ezcore.settings import load
from ezcore.support.tickets import operations as tickets
from ezcore.support.tickets.models import Ticket, TicketMessage
from ezcore.support.tickets.operations import NewTicket
from tests.fixtures_helpdesk import ToyDesk
from tests.fixtures_trade import Trade


@dataclass
class Desk:
    """A shop, its help desk, and who writes at which."""

    trade: Trade
    toy: ToyDesk

    def __post_init__(self) -> None:
        self.ann = self.trade.newcomer()

    def write(self, message: str = "It is slow", subject: str = "My site") -> str:
        """Ann opens a ticket; gives its reference."""
        with self.trade.work.write(self.ann) as uow:
            new = NewTicket(self.ann.client_id, "help", subject, message)
            return tickets.open_ticket(uow, new).reference

    def reply(self, reference: str, message: str) -> None:
        """Ann writes once more."""
        with self.trade.work.write(self.ann) as uow:
            tickets.reply(uow, self.row(uow, reference), message)

    def row(self, uow: Any, reference: str) -> Ticket:
        return uow.session.scalars(select(Ticket).where(Ticket.reference == reference)).one()

    def ticket(self, reference: str) -> Ticket:
        with self.trade.work.read() as uow:
            return self.row(uow, reference)

    def lines(self, reference: str) -> list[tuple[str, str, bool]]:
        """Who wrote what here, and whether only staff read it."""
        with self.trade.work.read() as uow:
            mine = TicketMessage.ticket_id == self.row(uow, reference).id
            rows = uow.session.scalars(select(TicketMessage).where(mine).order_by(TicketMessage.id))
            return [(row.author_name, row.body, row.internal) for row in rows]

    def told(self, external_id: str = "z1") -> list[str]:
        """What the help desk has of our words."""
        return [one.body for one in self.toy.held[external_id].said]

    def answer_there(self, body: str, external_id: str = "z1", **facts: Any) -> None:
        """Jane of the staff writes at the help desk."""
        there = self.toy.held[external_id]
        wanted = {"author": "staff", "author_name": "Jane", "internal": False} | facts
        number = f"a{len(there.replies) + 1}"
        there.replies.append(
            HelpdeskReply(external_id=number, body=body, at=self.trade.clock.now(), **wanted)
        )

    def word(self, external_id: str = "z1") -> None:
        """The help desk's webhook."""
        with self.trade.work.write() as uow:
            assert apply_fact(uow, "toydesk", HelpdeskFact(external_id=external_id)) is None

    def settle(self) -> None:
        """Everything due is done, retries included."""
        self.trade.settle()
        self.trade.clock.advance(timedelta(seconds=30))
        self.trade.settle()


def _open(trade: Trade) -> Desk:
    toy = ToyDesk()
    trade.shop.host.ports.add("ezcore", Helpdesk, toy)
    named = load(dict(trade.shop.settings.ini) | {"ez.support.helpdesk": "toydesk"}, {})
    trade.work.settings = replace(named, sources=trade.shop.settings.sources)
    return Desk(trade, toy)


@pytest.fixture
def desk(trade: Trade) -> Desk:
    """On SQLite."""
    return _open(trade)


@pytest.fixture
def each_desk(each_trade: Trade) -> Desk:
    """Once per database."""
    return _open(each_trade)
