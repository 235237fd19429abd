"""Former looks of the shop: kept at each publishing, listed, worn again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import exists, select

from ezcore.kernel.errors import NotFound
from ezcore.themes.models import ThemeVersion
from ezcore.themes.queries import Worn
from ezcore.work import UnitOfWork

LISTED: Final = 10


def keep_version(uow: UnitOfWork, before: Worn, after: Worn) -> None:
    """Write down what everybody sees from now on; the first time also what they saw until now."""
    if not uow.session.scalar(select(exists().where(ThemeVersion.id.is_not(None)))):
        uow.session.add(ThemeVersion(at=uow.now(), by="", **before._asdict()))
        uow.session.flush()
    uow.session.add(ThemeVersion(at=uow.now(), by=uow.actor.name[:120], **after._asdict()))


def recent_versions(uow: UnitOfWork) -> Sequence[ThemeVersion]:
    """The latest ones, newest first; older ones stay in the table."""
    return uow.session.scalars(select(ThemeVersion).order_by(ThemeVersion.id.desc()).limit(LISTED)).all()


def version_by_id(uow: UnitOfWork, number: int) -> ThemeVersion:
    """One of them. Raises: NotFound."""
    found = uow.session.get(ThemeVersion, number)
    if found is None:
        raise NotFound("There is no such version")
    return found


def look_of(version: ThemeVersion) -> Worn:
    """What was worn then."""
    return Worn(*(getattr(version, name) for name in Worn._fields))
