"""Reads of contacts."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from ezcore.messaging.copies.models import ClientContact
from ezcore.messaging.copies.rules import COPIED, wants
from ezcore.work import UnitOfWork


def contacts_of(uow: UnitOfWork, client_id: int) -> Sequence[ClientContact]:
    """Who gets copies of a client's mails, by name."""
    mine = select(ClientContact).where(ClientContact.client_id == client_id)
    return uow.session.scalars(mine.order_by(ClientContact.name, ClientContact.id)).all()


def copies_to(uow: UnitOfWork, template: str, client_id: int | None, recipient: str) -> list[str]:
    """The addresses that get a copy of this mail. Asks nothing for mails that nobody else may read."""
    if client_id is None or template not in COPIED:
        return []
    found = contacts_of(uow, client_id)
    return [one.email for one in found if wants(one.kinds, template) and one.email != recipient]
