"""Reads of mail: the list, and one mail with its text."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from ezcore.kernel.errors import NotFound
from ezcore.messaging.models import Mail
from ezcore.work import UnitOfWork


def newest(uow: UnitOfWork, *, client_id: int | None = None, limit: int = 100) -> Sequence[Mail]:
    """Mails, newest first; only those of one client when it is named."""
    wanted = select(Mail).order_by(Mail.id.desc()).limit(limit)
    if client_id is not None:
        wanted = wanted.where(Mail.client_id == client_id)
    return uow.session.scalars(wanted).all()


def by_id(uow: UnitOfWork, mail_id: int) -> Mail:
    """One mail. Raises: NotFound."""
    found = uow.session.get(Mail, mail_id)
    if found is None:
        raise NotFound("There is no such mail")
    return found


def body_of(uow: UnitOfWork, mail: Mail) -> str:
    """The text of a mail, unsealed. Raises: CannotOpen when its key is gone from EZ_SECRET_KEYS."""
    return uow.box.open(mail.sealed_as, mail.body)


def html_of(uow: UnitOfWork, mail: Mail) -> str:
    """The HTML of a mail, unsealed; empty where it is plain text. Raises: CannotOpen."""
    return uow.box.open(mail.sealed_as, mail.html) if mail.html else ""
