"""Mails for tests, as bytes; and a desk to send them to."""

from __future__ import annotations

from email.message import EmailMessage
from typing import Any

from sqlalchemy import select

from ezcore.messaging.models import Mail
from ezcore.support.mail import receiving
from ezcore.support.mail.models import ReceivedMail
from ezcore.support.tickets.models import Department, Ticket, TicketMessage

ANN = "ann@client.example"
DESK = "help@shop.example"


def letter(
    sender: str = f"Ann <{ANN}>", subject: str = "It is slow", text: str = "Since noon.", **headers: str
) -> bytes:
    """A plain mail to the desk; keywords are further headers, with _ for -."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, DESK, subject
    message["Message-ID"] = headers.pop(
        "Message_ID", f"<{abs(hash((sender, subject, text)))}@client.example>"
    )
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message.as_bytes()


def take(trade: Any, raw: bytes, slug: str = "help", size: int | None = None) -> ReceivedMail:
    """A mail comes in; gives its row."""
    mail = receiving.read(raw, "pipe", size=size)
    with trade.work.write() as uow:
        found = uow.session.scalars(select(Department).where(Department.slug == slug)).one()
        return receiving.receive(uow, found, mail)[0]


def said(trade: Any, ticket_id: int | None) -> list[tuple[str, str, bool]]:
    """Author, words and whether only staff see it, of every message."""
    with trade.work.read() as uow:
        query = select(TicketMessage).where(TicketMessage.ticket_id == ticket_id).order_by(TicketMessage.id)
        return [(one.author_name, one.body, one.internal) for one in uow.session.scalars(query)]


def last_mail(trade: Any, template: str) -> Mail | None:
    """The newest mail of this template, once all work is done."""
    trade.settle()
    with trade.work.read() as uow:
        found = select(Mail).where(Mail.template == template).order_by(Mail.id.desc())
        return uow.session.scalars(found).first()


def tickets(trade: Any) -> list[Ticket]:
    """Every ticket, the oldest first."""
    with trade.work.read() as uow:
        return list(uow.session.scalars(select(Ticket).order_by(Ticket.id)))


def received(trade: Any) -> list[ReceivedMail]:
    """Every received mail, the oldest first."""
    with trade.work.read() as uow:
        return list(uow.session.scalars(select(ReceivedMail).order_by(ReceivedMail.id)))
