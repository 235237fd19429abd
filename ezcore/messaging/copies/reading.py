"""What people of a client may read of the mails that were sent to it: by permission, with the keys in links hidden."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from sqlalchemy import ColumnElement, and_, func, or_, select

from ezcore.kernel.actor import Actor
from ezcore.kernel.errors import NotFound
from ezcore.messaging.copies.rules import COPIED, INVOICES, TECHNICAL, TICKETS
from ezcore.messaging.models import Mail
from ezcore.messaging.queries import body_of
from ezcore.work import UnitOfWork

_BY_PERMISSION: Final = (
    ("client.billing", INVOICES),
    ("client.services", TECHNICAL),
    ("client.domains", TECHNICAL),
    ("client.support", TICKETS),
)
_KEY: Final = re.compile(r"(?<=/)[A-Za-z0-9_.~-]{20,}(?=/|\s|$)|(?<==)[A-Za-z0-9_.~%-]{20,}")
HIDDEN: Final = "…"


def readable(actor: Actor, own_address: str) -> ColumnElement[bool]:
    """Mails to the actor's client that they may know of; an owner all of them; everybody those to their own address."""
    if actor.may("client.people"):
        return or_(Mail.client_id == actor.client_id, Mail.recipient == own_address)
    templates = {name for permission, names in _BY_PERMISSION if actor.may(permission) for name in names}
    about = and_(Mail.client_id == actor.client_id, Mail.template.in_(sorted(templates)))
    return or_(about, Mail.recipient == own_address)


def count(uow: UnitOfWork, which: ColumnElement[bool]) -> int:
    """How many there are."""
    return uow.session.scalar(select(func.count()).select_from(Mail).where(which)) or 0


def rows(uow: UnitOfWork, which: ColumnElement[bool], *, offset: int, limit: int) -> Sequence[Mail]:
    """One page of them, the newest first."""
    return uow.session.scalars(
        select(Mail).where(which).order_by(Mail.id.desc()).offset(offset).limit(limit)
    ).all()


def one(uow: UnitOfWork, which: ColumnElement[bool], mail_id: int) -> Mail:
    """One of them. Raises: NotFound, also for one of another client."""
    found = uow.session.scalars(select(Mail).where(which, Mail.id == mail_id)).first()
    if found is None:
        raise NotFound("There is no such mail")
    return found


def text_of(uow: UnitOfWork, mail: Mail) -> str | None:
    """The text with the keys in its links hidden; None for a mail that is itself a key, such as a new password's."""
    return without_keys(body_of(uow, mail)) if mail.template in COPIED else None


def without_keys(text: str) -> str:
    """A text whose links open nothing: long random parts of addresses become an ellipsis."""
    return _KEY.sub(HIDDEN, text)
