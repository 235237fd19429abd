"""Reads of tags: those of clients, and those that there are."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import case, func, select

from ezcore.accounts.tags.models import ClientTag
from ezcore.db.bulk import among
from ezcore.work import UnitOfWork


def tags_of(uow: UnitOfWork, client_ids: Sequence[int]) -> dict[int, list[str]]:
    """By client, in the order of the alphabet; a client without any is left out."""
    query = select(ClientTag).where(among(uow.session, ClientTag.client_id, client_ids))
    found: dict[int, list[str]] = {}
    for tag in uow.session.scalars(query.order_by(ClientTag.name)):
        found.setdefault(tag.client_id, []).append(tag.name)
    return found


def on_and_known(uow: UnitOfWork, client_id: int, limit: int = 30) -> tuple[Sequence[str], Sequence[str]]:
    """In one question: the tags on a client, and with them those that stand on most; by the alphabet."""
    has = func.max(case((ClientTag.client_id == client_id, 1), else_=0))
    names = select(ClientTag.name, has).group_by(ClientTag.name)
    rows = uow.session.execute(
        names.order_by(has.desc(), func.count().desc(), ClientTag.name).limit(limit)
    ).all()
    return sorted(name for name, on in rows if on), sorted(name for name, _ in rows)


def known(uow: UnitOfWork, limit: int = 30) -> Sequence[str]:
    """The tags that stand on most clients, in the order of the alphabet."""
    often = func.count().desc()
    names = select(ClientTag.name).group_by(ClientTag.name).order_by(often, ClientTag.name).limit(limit)
    return sorted(uow.session.scalars(names))
