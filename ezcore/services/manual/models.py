"""Tables of human work: requests, their checklists, the time spent on them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from ezcore.db.base import Base, PrimaryKey
from ezcore.db.types import JsonList, UtcDateTime


class WorkState(StrEnum):
    """As durable jobs have it; here people move it on."""

    QUEUED = "queued"
    RUNNING = "running"
    NEEDS_INFO = "needs_info"
    COMPLETE = "complete"
    FAILED = "failed"
    CANCELLED = "cancelled"


class WorkRequest(Base):
    """One piece of work. `job_id`: the set-up that waits for it (a project). `slot` is its place in the quota.

    `answers` are (label, text) pairs as they were asked. `question` is what the client is asked now.
    """

    __tablename__ = "work_request"
    __table_args__ = (Index("ix_work_request_state", "state", "moved_at"),)

    id: Mapped[PrimaryKey]
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), index=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    job_id: Mapped[int | None] = mapped_column(unique=True)
    slot: Mapped[str | None] = mapped_column(String(60), unique=True)
    title: Mapped[str] = mapped_column(String(160))
    state: Mapped[str] = mapped_column(String(12), default=WorkState.QUEUED)
    answers: Mapped[JsonList]
    question: Mapped[str | None] = mapped_column(Text)
    outcome: Mapped[str | None] = mapped_column(Text)
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    moved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class WorkItem(Base):
    """A line of the checklist, copied from the product when the work was asked for."""

    __tablename__ = "work_item"

    id: Mapped[PrimaryKey]
    request_id: Mapped[int] = mapped_column(ForeignKey("work_request.id"), index=True)
    position: Mapped[int]
    text: Mapped[str] = mapped_column(String(200))
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_by: Mapped[str | None] = mapped_column(String(200))


class WorkTime(Base):
    """Minutes spent, and the billable item they became, if they are billed."""

    __tablename__ = "work_time"
    __table_args__ = (CheckConstraint("minutes > 0", name="some"),)

    id: Mapped[PrimaryKey]
    request_id: Mapped[int] = mapped_column(ForeignKey("work_request.id"), index=True)
    minutes: Mapped[int]
    text: Mapped[str] = mapped_column(String(400))
    billable: Mapped[bool] = mapped_column(default=False, server_default=false())
    billable_item_id: Mapped[int | None] = mapped_column(ForeignKey("billable_item.id"))
    author_id: Mapped[int | None]
    author_name: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
