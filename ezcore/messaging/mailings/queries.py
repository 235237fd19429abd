"""Reads of mailings: one, how far it is, who refuses."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import func, select

from ezcore.db.bulk import among
from ezcore.kernel.errors import NotFound
from ezcore.messaging.mailings.models import Mailing, MailingRecipient, MailRefusal, RecipientState
from ezcore.messaging.models import Mail
from ezcore.work import UnitOfWork


def by_id(uow: UnitOfWork, mailing_id: int) -> Mailing:
    """One mailing. Raises: NotFound."""
    found = uow.session.get(Mailing, mailing_id)
    if found is None:
        raise NotFound("There is no such mailing")
    return found


def counts(uow: UnitOfWork, mailing_id: int) -> dict[str, int]:
    """Recipients by state; `mailed` ones by the state of their mail: `queued`, `sent`, `failed`."""
    state = func.coalesce(Mail.state, MailingRecipient.state)
    query = (
        select(state, func.count())
        .select_from(MailingRecipient)
        .outerjoin(Mail, Mail.id == MailingRecipient.mail_id)
        .where(MailingRecipient.mailing_id == mailing_id)
        .group_by(state)
    )
    return {str(name): int(count) for name, count in uow.session.execute(query)}


def next_chunk(uow: UnitOfWork, mailing_id: int) -> int | None:
    """The first chunk with somebody who waits."""
    waiting = (
        MailingRecipient.mailing_id == mailing_id,
        MailingRecipient.state == RecipientState.WAITING,
    )
    return uow.session.scalar(select(func.min(MailingRecipient.chunk)).where(*waiting))


def refusing(uow: UnitOfWork, client_ids: Collection[int]) -> set[int]:
    """Which of these clients want no marketing mail."""
    query = select(MailRefusal.client_id).where(among(uow.session, MailRefusal.client_id, client_ids))
    return set(uow.session.scalars(query))


def refuses(uow: UnitOfWork, client_id: int) -> bool:
    """Does this client want no marketing mail?"""
    return uow.session.get(MailRefusal, client_id) is not None
