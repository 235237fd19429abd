"""Verbs on mailings: write, approve, hold, go on, stop; and the client's own: refuse."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Final

from sqlalchemy import delete

from ezcore.audit import operations as audit
from ezcore.db.bulk import insert_rows
from ezcore.db.once import insert_once
from ezcore.kernel.errors import InvalidInput, Refused
from ezcore.messaging.mailings import jobs
from ezcore.messaging.mailings.models import (
    Mailing,
    MailingRecipient,
    MailingState,
    MailRefusal,
    RecipientState,
)
from ezcore.messaging.mailings.printing import names_of
from ezcore.messaging.rules import Text, one_line
from ezcore.messaging.texts.operations import checked
from ezcore.work import UnitOfWork

MANAGE: Final = "settings.manage"
FASTEST: Final = 600
_COLUMNS: Final = ("mailing_id", "client_id", "email", "language", "details", "chunk", "state")


@dataclass(frozen=True)
class Draft:
    """A mailing as it is typed; `filters` name the clients."""

    name: str
    text: Text
    filters: Mapping[str, str]
    marketing: bool
    per_minute: int = 60


@dataclass(frozen=True)
class Addressee:
    """A client as a value: whom a mailing writes to, with what its text may say of them."""

    client_id: int
    email: str
    language: str
    details: Mapping[str, str]


def write(uow: UnitOfWork, draft: Draft, mailing: Mailing | None = None) -> Mailing:
    """A new mailing, or other words for one that was not approved. Raises: NotAllowed; Refused; InvalidInput."""
    uow.actor.require(MANAGE)
    if mailing is not None and mailing.state != MailingState.DRAFT:
        raise Refused("This mailing was approved: its words and its clients are fixed")
    name = one_line(draft.name)[:120]
    if not name:
        raise InvalidInput("Give it a name", field="name")
    if not 1 <= draft.per_minute <= FASTEST:
        raise InvalidInput(f"Between 1 and {FASTEST} a minute", field="per_minute")
    text = checked(draft.text, names_of(marketing=draft.marketing))
    made = mailing or Mailing(created_at=uow.now(), made_by=uow.actor.name[:200])
    made.name, made.marketing, made.per_minute = name, draft.marketing, draft.per_minute
    made.filters = {key: value for key, value in draft.filters.items() if value}
    made.subject, made.body, made.html = text.subject, text.body, text.html
    uow.session.add(made)
    uow.session.flush()
    audit.record(
        uow,
        "mailing.write",
        "mailing",
        made.id,
        after={"name": name, "subject": text.subject, "filters": made.filters},
    )
    return made


def approve(uow: UnitOfWork, mailing: Mailing, addressees: Iterable[Addressee]) -> int:
    """Fix whom it goes to and begin to send; gives how many. Raises: NotAllowed; Refused."""
    uow.actor.require(MANAGE)
    _lock(uow, mailing, MailingState.DRAFT)
    numbers = count()
    rows = [
        (
            mailing.id, one.client_id, one.email, one.language, dict(one.details),
            next(numbers) // mailing.per_minute, RecipientState.WAITING,
        )
        for one in addressees
    ]  # fmt: skip
    if not rows:
        raise Refused("No client fits: nobody would get it")
    insert_rows(uow.session, MailingRecipient, _COLUMNS, rows)
    mailing.state, mailing.approved_at, mailing.approved_by = (
        MailingState.SENDING, uow.now(), uow.actor.name[:200],
    )  # fmt: skip
    jobs.ask_for_next(uow, mailing)
    audit.record(uow, "mailing.approve", "mailing", mailing.id, after={"clients": len(rows)})
    return len(rows)


def pause(uow: UnitOfWork, mailing: Mailing) -> None:
    """Hold it after the chunk that is being written. Raises: NotAllowed; Refused."""
    _move(uow, mailing, MailingState.PAUSED, MailingState.SENDING)


def go_on(uow: UnitOfWork, mailing: Mailing) -> None:
    """Send the rest. Raises: NotAllowed; Refused."""
    _move(uow, mailing, MailingState.SENDING, MailingState.PAUSED)
    jobs.ask_for_next(uow, mailing)


def stop(uow: UnitOfWork, mailing: Mailing) -> None:
    """End it for good: who waits gets nothing. Raises: NotAllowed; Refused."""
    _move(uow, mailing, MailingState.STOPPED, MailingState.SENDING, MailingState.PAUSED)
    mailing.ended_at = uow.now()


def refuse(uow: UnitOfWork, client_id: int) -> None:
    """This client wants no marketing mail any more. Safe to repeat."""
    if insert_once(
        uow.session, MailRefusal, {"client_id": client_id, "at": uow.now()}, returning="client_id"
    ):
        audit.record(uow, "mailing.refuse", "client", client_id, client_id=client_id)


def accept(uow: UnitOfWork, client_id: int) -> None:
    """They changed their mind. Safe to repeat."""
    gone = uow.session.execute(
        delete(MailRefusal).where(MailRefusal.client_id == client_id).returning(MailRefusal.client_id)
    ).first()
    if gone is not None:
        audit.record(uow, "mailing.accept", "client", client_id, client_id=client_id)


def _move(uow: UnitOfWork, mailing: Mailing, to: MailingState, *before: MailingState) -> None:
    uow.actor.require(MANAGE)
    _lock(uow, mailing, *before)
    audit.record(
        uow,
        "mailing.move",
        "mailing",
        mailing.id,
        before={"state": str(mailing.state)},
        after={"state": str(to)},
    )
    mailing.state = to
    mailing.turn += 1


def _lock(uow: UnitOfWork, mailing: Mailing, *wanted: MailingState) -> None:
    uow.session.refresh(mailing, with_for_update=True)
    if mailing.state not in wanted:
        raise Refused(f"This mailing is {mailing.state}")
