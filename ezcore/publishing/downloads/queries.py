"""Reads of files: those that this actor may save."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select

from ezcore.kernel.errors import NotFound
from ezcore.publishing.downloads.models import Audience, Download
from ezcore.publishing.permission import MANAGE
from ezcore.services.services.models import Service, ServiceState
from ezcore.work import UnitOfWork

_HAS: tuple[ServiceState, ...] = (ServiceState.ACTIVE, ServiceState.SUSPENDED, ServiceState.COMPLETED)


def visible(uow: UnitOfWork) -> Select[Download]:
    """Published files that this actor may save, in their order."""
    query = select(Download).where(Download.published_at.is_not(None), _may_save(uow))
    return query.order_by(Download.position, Download.title)


def to_save(uow: UnitOfWork, number: int) -> Download:
    """One that this actor may save; staff who publish may save drafts too. Raises: NotFound."""
    query = visible(uow).where(Download.id == number)
    if uow.actor.may(MANAGE):
        query = select(Download).where(Download.id == number)
    found = uow.session.scalars(query).first()
    if found is None:
        raise NotFound("There is no such file")
    return found


def for_staff() -> Select[Download]:
    """All of them in their order."""
    return select(Download).order_by(Download.position, Download.title)


def by_id(uow: UnitOfWork, number: int) -> Download:
    """Any of them, for staff. Raises: NotFound."""
    found = uow.session.get(Download, number)
    if found is None:
        raise NotFound("There is no such file")
    return found


def listed(uow: UnitOfWork, most: int = 200) -> Sequence[Download]:
    """The page of files."""
    return uow.session.scalars(visible(uow).limit(most)).all()


def _may_save(uow: UnitOfWork) -> ColumnElement[bool]:
    for_all = Download.audience == Audience.EVERYBODY
    if uow.actor.client_id is None or not uow.actor.may("client.read"):
        return for_all
    owns = exists().where(
        Service.product_id == Download.product_id,
        Service.client_id == uow.actor.client_id,
        Service.state.in_(_HAS),
    )
    return or_(
        for_all, Download.audience == Audience.CLIENTS, and_(Download.audience == Audience.OWNERS, owns)
    )
