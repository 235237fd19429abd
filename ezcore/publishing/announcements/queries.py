"""Reads of announcements: what everybody sees at this instant, and all of them for staff."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, select

from ezcore.kernel.errors import NotFound
from ezcore.publishing.announcements.models import Announcement
from ezcore.work import UnitOfWork


def public(uow: UnitOfWork) -> Select[Announcement]:
    """Those that everybody sees now, the newest first."""
    order = (Announcement.publish_at.desc(), Announcement.id.desc())
    return select(Announcement).where(Announcement.publish_at <= uow.now()).order_by(*order)


def newest(uow: UnitOfWork, most: int) -> Sequence[Announcement]:
    """The newest that everybody sees."""
    return uow.session.scalars(public(uow).limit(most)).all()


def by_slug(uow: UnitOfWork, slug: str) -> Announcement:
    """One that everybody sees. Raises: NotFound, also for drafts and for what lies ahead."""
    found = uow.session.scalars(public(uow).where(Announcement.slug == slug)).first()
    if found is None:
        raise NotFound("There is no such announcement")
    return found


def by_id(uow: UnitOfWork, number: int) -> Announcement:
    """Any of them, for staff. Raises: NotFound."""
    found = uow.session.get(Announcement, number)
    if found is None:
        raise NotFound("There is no such announcement")
    return found
