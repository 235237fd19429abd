"""Tables of automation: previews that wait for approval."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Date, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from ezcore.db.base import Base, PrimaryKey
from ezcore.db.types import JsonDocument, UtcDateTime


class PreviewState(StrEnum):
    """A preview is executed at most once."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"


class RunPreview(Base):
    """What a run would do, as it was shown: `items` with the hash of what each depends on, `totals` per currency.

    `result` says what became of it once somebody approved it.
    """

    __tablename__ = "run_preview"
    __table_args__ = (Index("ix_run_preview_task", "task", "id"),)

    id: Mapped[PrimaryKey]
    task: Mapped[str] = mapped_column(String(60))
    on: Mapped[date] = mapped_column(Date)
    state: Mapped[str] = mapped_column(String(10), default=PreviewState.WAITING)
    items: Mapped[list[dict[str, Any]]] = mapped_column(JsonDocument, default=list)
    totals: Mapped[dict[str, int]] = mapped_column(JsonDocument, default=dict)
    made_by: Mapped[str] = mapped_column(String(200), default="")
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    approved_by: Mapped[str] = mapped_column(String(200), default="")
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(String(400), default="")
    result: Mapped[dict[str, Any]] = mapped_column(JsonDocument, default=dict)
