"""Reads of notices: rules, what came of them, and the notes that somebody has not read yet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, select

from ezcore.kernel.errors import NotFound
from ezcore.messaging.notices.models import NoticeOutcome, NoticeRule, StaffNote, StaffNoteRead
from ezcore.work import UnitOfWork


def rule(uow: UnitOfWork, rule_id: int) -> NoticeRule:
    """One rule, deleted or not. Raises: NotFound."""
    found = uow.session.get(NoticeRule, rule_id)
    if found is None:
        raise NotFound("There is no such rule")
    return found


def living(uow: UnitOfWork, rule_id: int) -> NoticeRule:
    """One that is not deleted. Raises: NotFound."""
    found = rule(uow, rule_id)
    if found.removed_at is not None:
        raise NotFound("This rule is deleted")
    return found


def rules_for(uow: UnitOfWork, event: str) -> Sequence[NoticeRule]:
    """Those that wait for this event, neither paused nor deleted."""
    waiting = (NoticeRule.event == event, NoticeRule.paused.is_(False), NoticeRule.removed_at.is_(None))
    return uow.session.scalars(select(NoticeRule).where(*waiting).order_by(NoticeRule.id)).all()


def outcomes(uow: UnitOfWork, rule_id: int, limit: int = 20) -> Sequence[NoticeOutcome]:
    """What came of a rule, newest first."""
    mine = select(NoticeOutcome).where(NoticeOutcome.rule_id == rule_id)
    return uow.session.scalars(mine.order_by(NoticeOutcome.id.desc()).limit(limit)).all()


def notes(user_id: int) -> Select[StaffNote, int | None]:
    """Every note, newest first, with the reader's id when this user has read it."""
    seen = (StaffNoteRead.note_id == StaffNote.id) & (StaffNoteRead.user_id == user_id)
    query: Select[Any, Any] = select(StaffNote, StaffNoteRead.user_id).outerjoin(StaffNoteRead, seen)
    return query.order_by(StaffNote.id.desc())


def unread(uow: UnitOfWork, user_id: int) -> int:
    """How many notes this user has not read."""
    seen = select(StaffNoteRead.note_id).where(
        StaffNoteRead.user_id == user_id, StaffNoteRead.note_id == StaffNote.id
    )
    return uow.session.scalar(select(func.count()).select_from(StaffNote).where(~seen.exists())) or 0
