"""Reads of staff's texts: what is in use, and the versions before."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select, tuple_

from ezcore.kernel.errors import NotFound
from ezcore.messaging.texts.models import MailText
from ezcore.work import UnitOfWork


def newest(uow: UnitOfWork, template: str, language: str) -> MailText | None:
    """The newest version, whether it is a text or the way back to the theme."""
    mine = (MailText.template == template, MailText.language == language)
    return uow.session.scalars(
        select(MailText).where(*mine).order_by(MailText.version.desc()).limit(1)
    ).first()


def in_use(uow: UnitOfWork, template: str, languages: Sequence[str]) -> dict[str, MailText]:
    """By language, the texts that stand before the theme's files."""
    asked = (MailText.template == template, MailText.language.in_(languages))
    return {row.language: row for row in _newest(uow, *asked) if not row.from_theme}


def all_in_use(uow: UnitOfWork) -> dict[tuple[str, str], MailText]:
    """As `in_use`, for every mail at once: by template and language."""
    return {(row.template, row.language): row for row in _newest(uow) if not row.from_theme}


def versions(uow: UnitOfWork, template: str, language: str, limit: int = 100) -> Sequence[MailText]:
    """Newest first."""
    mine = (MailText.template == template, MailText.language == language)
    query = select(MailText).where(*mine).order_by(MailText.version.desc())
    return uow.session.scalars(query.limit(limit)).all()


def version(uow: UnitOfWork, template: str, language: str, number: int) -> MailText:
    """One version. Raises: NotFound."""
    mine = (MailText.template == template, MailText.language == language, MailText.version == number)
    found = uow.session.scalars(select(MailText).where(*mine)).first()
    if found is None:
        raise NotFound("There is no such version")
    return found


def _newest(uow: UnitOfWork, *asked: object) -> Sequence[MailText]:
    key = (MailText.template, MailText.language)
    highest = select(*key, func.max(MailText.version)).where(*asked).group_by(*key)  # type: ignore[arg-type]
    return uow.session.scalars(select(MailText).where(tuple_(*key, MailText.version).in_(highest))).all()
