"""A mail comes in: kept once, then posted, opened, noted, refused or blocked, all in one unit of work."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from sqlalchemy import select

from ezcore.accounts import queries as accounts
from ezcore.accounts.throttle import hit
from ezcore.db.once import insert_once
from ezcore.kernel.errors import EzError, InvalidInput
from ezcore.messaging.operations import queue_mail
from ezcore.messaging.rules import check_address
from ezcore.support.mail import blocking, queries, writing
from ezcore.support.mail.models import Outcome, ReceivedMail, key_of
from ezcore.support.mail.parsing import MOST_HOPS, MOST_READERS, Arrived, header_part, parse
from ezcore.support.mail.senders import author_on, client_by, is_staff
from ezcore.support.tickets import threads
from ezcore.support.tickets.models import Department, Ticket
from ezcore.support.tickets.queries import living
from ezcore.work import UnitOfWork
from ezcore.work.stored_files import choose_store

HOUR: Final = 3600
MB: Final = 1024 * 1024
_DIGITS: Final = 16
_LONGEST_ID: Final = 230


@dataclass(frozen=True)
class Incoming:
    """What came through a door: the whole mail, or only its beginning when it is too large. `size` is in bytes."""

    raw: bytes
    size: int
    whole: bool
    door: str
    arrived: Arrived


def read(raw: bytes, door: str, *, size: int | None = None) -> Incoming:
    """Read a mail, which takes a while and needs no database; with a `size`, `raw` is only its beginning."""
    if size is None:
        return Incoming(raw, len(raw), whole=True, door=door, arrived=parse(raw))
    beginning = header_part(raw)
    return Incoming(beginning, size, whole=False, door=door, arrived=parse(beginning, size=size))


def receive(uow: UnitOfWork, department: Department, mail: Incoming) -> tuple[ReceivedMail, bool]:
    """Keep a mail and do what it asks for; gives its row, and whether it is new.

    Safe to repeat: the same mail read again changes nothing. Never refuses with an error: what cannot be done stands in
    the row, and the sender may be told by mail. Emits: TicketOpened or TicketReplied.
    """
    arrived = mail.arrived
    kept = mail.whole and mail.size <= uow.settings.support.mail_mb * MB
    digest = sha256(mail.raw).hexdigest()
    made = _insert(uow, department, mail, arrived, digest if kept else None)
    if made is None:
        found = queries.by_message_id(uow, _id(arrived))
        if found is not None and found.sender in ("", arrived.sender):  # empty: it was forgotten
            return found, False
        # Another mail under a name that is taken: it must not be lost, nor pass for the first one.
        made = _insert(uow, department, mail, arrived, digest if kept else None, other=digest)
        if made is None:
            again = queries.by_message_id(uow, _id(arrived, digest))
            assert again is not None
            return again, False
    if kept:
        choose_store(uow.settings).put(key_of(digest), mail.raw)
    row = uow.session.get_one(ReceivedMail, made)
    try:
        with uow.session.begin_nested():
            _decide(uow, department, row, arrived, kept=kept)
    except EzError as refusal:
        uow.session.refresh(row)
        row.why = refusal.message[:400]
    uow.session.flush()
    return row, True


def _id(arrived: Arrived, other: str = "") -> str:
    """The name it is kept under: its Message-ID; a part of its hash behind one that another mail has."""
    return f"{arrived.message_id[:_LONGEST_ID]} {other[:_DIGITS]}" if other else arrived.message_id


def _insert(
    uow: UnitOfWork,
    department: Department,
    mail: Incoming,
    arrived: Arrived,
    digest: str | None,
    other: str = "",
) -> int | None:
    values = {
        "message_id": _id(arrived, other), "door": mail.door, "department_id": department.id,
        "sender": arrived.sender, "sender_name": arrived.sender_name, "subject": arrived.subject,
        "headers": arrived.headers, "size": mail.size, "sha256": digest, "outcome": Outcome.REFUSED, "why": "",
        "quiet": bool(arrived.machine), "at": uow.now(),
    }  # fmt: skip
    made: int | None = insert_once(uow.session, ReceivedMail, values)
    return made


def _decide(
    uow: UnitOfWork, department: Department, row: ReceivedMail, arrived: Arrived, *, kept: bool
) -> None:
    rule = blocking.blocking(queries.rules(uow), arrived.sender, arrived.subject)
    if rule is not None:
        row.outcome, row.why = Outcome.BLOCKED, f"A rule blocks it: {rule.kind} {rule.value}"[:400]
        return
    row.why = _no_letter(uow, arrived)
    if row.why:
        return
    if not kept:
        most = uow.settings.support.mail_mb
        row.why = f"It has {arrived.size // MB} MB; we take {most} MB"
        _tell(uow, arrived, reason=f"it is larger than {most} MB.")
        return
    ticket = threads.proven(uow, arrived.answers, arrived.readers)
    row.proven = ticket is not None
    ticket = ticket or threads.named(uow, arrived.subject)
    if ticket is not None:
        _into(uow, row, living(uow, ticket), arrived)
    else:
        _open(uow, department, row, arrived)


def _no_letter(uow: UnitOfWork, arrived: Arrived) -> str:
    """Why this is none that a person wrote to us, in words; none of these is ever answered."""
    try:
        check_address(arrived.sender)
    except InvalidInput:
        return "It has no sender to whom one could write"
    if _is_own(uow, arrived.sender) or arrived.hops > MOST_HOPS:
        return "It goes in a circle: it comes from ourselves"
    if arrived.machine:
        return f"A machine wrote it: {arrived.machine}"[:400]
    if len(arrived.readers) > MOST_READERS:
        return f"It was sent to {len(arrived.readers)} people"
    most = uow.settings.support.mail_per_hour
    if hit(uow, f"support-mail:{arrived.sender}", limit=most, seconds=HOUR):
        return f"More than {most} mails from this sender within an hour"
    return ""


def _is_own(uow: UnitOfWork, sender: str) -> bool:
    own = select(Department.id).where(Department.email == sender)
    return sender == uow.settings.mail.sender.lower() or uow.session.execute(own).first() is not None


def _into(uow: UnitOfWork, row: ReceivedMail, ticket: Ticket, arrived: Arrived) -> None:
    """Into the ticket that it names: as a message of who is on it, as a note of who only has our mail."""
    author = author_on(uow, ticket, arrived.sender, arrived.sender_name, proven=row.proven)
    if author is not None:
        line = writing.post(uow, ticket, arrived, author)
        words = (
            "It answers a mail of ours" if row.proven else "The subject names the ticket; that proves nothing"
        )
        _done(row, Outcome.POSTED, words, ticket, line)
    elif row.proven:
        line = writing.note(uow, ticket, arrived)
        _done(row, Outcome.NOTED, "The sender is not on this ticket; only staff see it", ticket, line)
    else:
        row.why = f"The subject names {ticket.reference}, and the sender is not on that ticket"


def _open(uow: UnitOfWork, department: Department, row: ReceivedMail, arrived: Arrived) -> None:
    """A new ticket: the client's whose address it is, else a guest's where guests may write."""
    client = client_by(uow, arrived.sender)
    user = accounts.user_by_email(uow, arrived.sender)
    if client is None and user is not None and is_staff(user):
        row.why = "A member of staff; they write at the desk"
    elif client is not None or department.guests:
        ticket, line = writing.open_from(uow, department, arrived, client)
        whose = "a client's address; the sender is not proven" if client else "a guest"
        _done(row, Outcome.OPENED, f"A new ticket, from {whose}", ticket, line)
    else:
        row.why = "Nobody knows the sender, and this department is for clients only"
        _tell(uow, arrived, reason="we do not know your address.")


def _done(row: ReceivedMail, outcome: Outcome, why: str, ticket: Ticket, message_id: int) -> None:
    row.outcome, row.why = outcome, why
    row.ticket_id, row.ticket_message_id = ticket.id, message_id


def _tell(uow: UnitOfWork, arrived: Arrived, reason: str) -> None:
    """One polite answer per address and month."""
    values = {"reason": reason, "link": f"{uow.settings.shop.site_url}/contact/"}
    queue_mail(uow, "ticket_mail_refused", arrived.sender, values, key=f"support-mail:{uow.today():%Y-%m}")
