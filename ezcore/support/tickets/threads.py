"""Which ticket a mail belongs to: a signed mark in Message-IDs and addresses, which only readers of our mails have."""

from __future__ import annotations

import hmac
import re
from collections.abc import Sequence
from hashlib import sha256
from typing import Final
from urllib.parse import urlsplit

from sqlalchemy import select

from ezcore.messaging.models import Mail
from ezcore.messaging.operations import Talk
from ezcore.support.mail.models import ReceivedMail
from ezcore.support.tickets.models import Department, Ticket
from ezcore.work import UnitOfWork

_PURPOSE: Final = "ticket-thread"
_LENGTH: Final = 24
_MARKED: Final = re.compile(rf"(T-\d{{4}}-\d{{6}})\.([0-9a-f]{{{_LENGTH}}})@", re.IGNORECASE)
_REFERENCE: Final = re.compile(r"\bT-\d{4}-\d{6}\b", re.IGNORECASE)
_MESSAGE_ID: Final = re.compile(r"<[!-;=?-~]{3,150}>")


def talk(uow: UnitOfWork, ticket: Ticket, reader: str) -> Talk:
    """The conversation of a ticket, for a mail to this reader: what they wrote last is what is answered."""
    department = uow.session.get_one(Department, ticket.department_id)
    mine = (ReceivedMail.ticket_id == ticket.id, ReceivedMail.sender == reader.lower())
    query = select(ReceivedMail.message_id).where(*mine).order_by(ReceivedMail.id.desc()).limit(1)
    last = uow.session.scalars(query).first() or ""
    answers = last if _MESSAGE_ID.fullmatch(last) else ""
    return Talk(root(uow, ticket), _address(uow, ticket, department), answers)


def root(uow: UnitOfWork, ticket: Ticket) -> str:
    """The Message-ID that every mail of the ticket refers to; no mail has it itself."""
    host = urlsplit(uow.settings.shop.site_url).hostname or "localhost"
    return f"<{_token(uow, ticket)}@{host}>"


def proven(uow: UnitOfWork, message_ids: Sequence[str], addresses: Sequence[str]) -> Ticket | None:
    """The ticket whose mark stands in Message-IDs or addresses, or of which one of these is a mail of ours.

    None for marks that we did not make. Keys that are still in EZ_SECRET_KEYS count.
    """
    ours = select(Mail.thread).where(Mail.message_id.in_(message_ids), Mail.thread.is_not(None))
    threads = [one for one in uow.session.scalars(ours) if one]
    for reference, mark in _MARKED.findall(" ".join([*addresses, *message_ids, *threads])):
        found = named(uow, reference)
        if found is not None and _is_ours(uow, found, mark):
            return found
    return None


def named(uow: UnitOfWork, text: str) -> Ticket | None:
    """The ticket whose reference stands in a text, such as a subject; anybody can write that."""
    for reference in _REFERENCE.findall(text):
        query = select(Ticket).where(Ticket.reference == reference.upper())
        found = uow.session.scalars(query).first()
        if found is not None:
            return found
    return None


def _address(uow: UnitOfWork, ticket: Ticket, department: Department) -> str:
    if not department.email or not department.plus:
        return department.email or ""
    local, _, host = department.email.rpartition("@")
    return f"{local}+{_token(uow, ticket)}@{host}"


def _token(uow: UnitOfWork, ticket: Ticket) -> str:
    return f"{ticket.reference}.{_mark(uow.box.subkeys(_PURPOSE)[0], ticket)}"


def _is_ours(uow: UnitOfWork, ticket: Ticket, mark: str) -> bool:
    marks = (_mark(key, ticket) for key in uow.box.subkeys(_PURPOSE))
    return any(hmac.compare_digest(one, mark.lower()) for one in marks)


def _mark(key: bytes, ticket: Ticket) -> str:
    return hmac.new(key, f"ticket:{ticket.id}".encode(), sha256).hexdigest()[:_LENGTH]
