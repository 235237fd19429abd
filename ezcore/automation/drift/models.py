"""Comparisons and what they found."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ezcore.db.base import Base, PrimaryKey
from ezcore.db.types import JsonDocument, UtcDateTime


class DriftRun(Base):
    """One comparison. `figures` count its findings by section, `problems` are parts that could not be asked."""

    __tablename__ = "drift_run"

    id: Mapped[PrimaryKey]
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    figures: Mapped[dict[str, int]] = mapped_column(JsonDocument, default=dict)
    problems: Mapped[list[str]] = mapped_column(JsonDocument, default=list)


class DriftFinding(Base):
    """A difference, from the run that saw it first to the one that saw it no more (or to the person who settled it).

    `key` names the difference and is unique while it is open (`open_key`). `scope` is who was asked (a server, a
    registrar): only a run that could ask it can say that the difference is gone.
    """

    __tablename__ = "drift_finding"

    id: Mapped[PrimaryKey]
    key: Mapped[str] = mapped_column(String(200), index=True)
    open_key: Mapped[str | None] = mapped_column(String(200), unique=True)
    section: Mapped[str] = mapped_column(String(40))
    scope: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(200))
    ours: Mapped[str] = mapped_column(Text)
    theirs: Mapped[str] = mapped_column(Text)
    subject_kind: Mapped[str] = mapped_column(String(20), default="")
    subject_id: Mapped[int | None]
    proposals: Mapped[list[dict[str, Any]]] = mapped_column(JsonDocument, default=list)
    first_run_id: Mapped[int] = mapped_column(ForeignKey("drift_run.id"))
    first_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    resolution: Mapped[str | None] = mapped_column(Text)
