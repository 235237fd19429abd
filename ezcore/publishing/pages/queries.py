"""Reads of the shop's own pages."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from ezcore.kernel.errors import NotFound
from ezcore.publishing.pages.models import PageName, PageVersion, TermsAcceptance
from ezcore.work import UnitOfWork


def current(uow: UnitOfWork, page: PageName) -> PageVersion | None:
    """The version that everybody reads: the last that was published and not withdrawn."""
    query = select(PageVersion).where(
        PageVersion.page == page, PageVersion.published_at.is_not(None), PageVersion.withdrawn_at.is_(None)
    )
    return uow.session.scalars(query.order_by(PageVersion.number.desc()).limit(1)).first()


def draft(uow: UnitOfWork, page: PageName) -> PageVersion | None:
    """The version that is being written."""
    query = select(PageVersion).where(PageVersion.page == page, PageVersion.published_at.is_(None))
    return uow.session.scalars(query.order_by(PageVersion.number.desc()).limit(1)).first()


def published(uow: UnitOfWork, page: PageName, number: int) -> PageVersion:
    """One version that was published, also one that counts no more. Raises: NotFound."""
    query = select(PageVersion).where(
        PageVersion.page == page, PageVersion.number == number, PageVersion.published_at.is_not(None)
    )
    found = uow.session.scalars(query).first()
    if found is None:
        raise NotFound("There is no such version")
    return found


def versions(uow: UnitOfWork, page: PageName) -> Sequence[PageVersion]:
    """All of them, the newest first."""
    query = select(PageVersion).where(PageVersion.page == page)
    return uow.session.scalars(query.order_by(PageVersion.number.desc()).limit(100)).all()


def by_id(uow: UnitOfWork, number: int) -> PageVersion:
    """Any version, for staff. Raises: NotFound."""
    found = uow.session.get(PageVersion, number)
    if found is None:
        raise NotFound("There is no such version")
    return found


def accepted_with(uow: UnitOfWork, order_id: int) -> tuple[TermsAcceptance, int] | None:
    """What was accepted with an order, and the number of that version."""
    query = (
        select(TermsAcceptance, PageVersion.number)
        .join(PageVersion, PageVersion.id == TermsAcceptance.version_id)
        .where(TermsAcceptance.order_id == order_id)
    )
    row = uow.session.execute(query).first()
    return (row[0], int(row[1])) if row is not None else None
