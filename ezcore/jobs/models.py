"""Tables of durable work: jobs, their steps and logs, staff tasks, worker processes, scheduler slots, and the hold."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ezcore.db.base import Base, PrimaryKey
from ezcore.db.types import JsonDocument, JsonList, UtcDateTime


class JobState(StrEnum):
    """States of a job; a retry waiting for its time is `queued` with `failures` > 0."""

    QUEUED = "queued"
    RUNNING = "running"
    NEEDS_INFO = "needs_info"
    COMPLETE = "complete"
    FAILED = "failed"
    CANCELLED = "cancelled"


OPEN_STATES = (JobState.QUEUED, JobState.RUNNING, JobState.NEEDS_INFO)


class StepState(StrEnum):
    """States of a step as clients and staff see them."""

    TODO = "todo"
    NOW = "now"
    DONE = "done"
    FAILED = "failed"
    UNDONE = "undone"


class Job(Base):
    """A piece of durable work. `key` is unique: asking twice for the same work gives the same row.

    `run_at`, `lease_until` and `first_failed_at` are on the database's clock. `fence` rises with every claim,
    so a worker that lost its lease can no longer write. `asks` says who may answer `question` ("staff" or "client"),
    `ask_fields` with which fields. `left_behind` is the record of what could not be taken back at a vendor:
    one entry per step with its `step`, `title` and `cause`.
    """

    __tablename__ = "job"
    __table_args__ = (
        Index("ix_job_due", "state", "run_at"),
        # The order in which workers take jobs, so that a claim costs the same in front of ten or ten thousand.
        Index(
            "ix_job_order",
            text("priority DESC"),
            "run_at",
            "id",
            postgresql_where=text("state = 'queued'"),
            sqlite_where=text("state = 'queued'"),
        ),
        Index("ix_job_subject", "subject_kind", "subject_id"),
    )

    id: Mapped[PrimaryKey]
    kind: Mapped[str] = mapped_column(String(80))
    key: Mapped[str] = mapped_column(String(160), unique=True)
    subject_kind: Mapped[str] = mapped_column(String(40), default="")
    subject_id: Mapped[int | None]
    client_id: Mapped[int | None] = mapped_column(index=True)
    provider: Mapped[str | None] = mapped_column(String(120), index=True)
    payload: Mapped[dict[str, Any]] = mapped_column(JsonDocument, default=dict)
    payload_version: Mapped[int] = mapped_column(default=1)
    state: Mapped[str] = mapped_column(String(12), default=JobState.QUEUED)
    priority: Mapped[int] = mapped_column(default=0)
    run_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(default=0)
    first_failed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lost_leases: Mapped[int] = mapped_column(default=0)
    owner: Mapped[str | None] = mapped_column(String(80))
    fence: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cause: Mapped[str | None] = mapped_column(Text)
    question: Mapped[str | None] = mapped_column(Text)
    answer: Mapped[str | None] = mapped_column(Text)
    asks: Mapped[str] = mapped_column(String(8), default="staff", server_default="staff")
    ask_fields: Mapped[JsonList] = mapped_column(server_default=text("'[]'"))
    left_behind: Mapped[JsonList] = mapped_column(server_default=text("'[]'"))
    actor_name: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class JobStep(Base):
    """One step of a job with its recorded result; a step that is done never runs again."""

    __tablename__ = "job_step"
    __table_args__ = (UniqueConstraint("job_id", "position"), UniqueConstraint("job_id", "name"))

    id: Mapped[PrimaryKey]
    job_id: Mapped[int] = mapped_column(ForeignKey("job.id", ondelete="CASCADE"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(160))
    state: Mapped[str] = mapped_column(String(8), default=StepState.TODO)
    result: Mapped[Any | None] = mapped_column(JsonDocument)
    handle: Mapped[Any | None] = mapped_column(JsonDocument)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    note: Mapped[str | None] = mapped_column(Text)


class JobLog(Base):
    """Masked log of what a step said to a vendor and heard back; shown to staff."""

    __tablename__ = "job_log"

    id: Mapped[PrimaryKey]
    job_id: Mapped[int] = mapped_column(ForeignKey("job.id", ondelete="CASCADE"), index=True)
    step: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    request: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text)
    status: Mapped[int | None]


class StaffTask(Base):
    """A question for a person: why work stands still and what was left behind at the vendor."""

    __tablename__ = "staff_task"

    id: Mapped[PrimaryKey]
    key: Mapped[str] = mapped_column(String(160), unique=True)
    job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id", ondelete="SET NULL"), index=True)
    client_id: Mapped[int | None]
    title: Mapped[str] = mapped_column(String(200))
    cause: Mapped[str] = mapped_column(Text)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    resolution: Mapped[str | None] = mapped_column(Text)


class WorkerProcess(Base):
    """A worker that lives: how many threads it has and when it was last seen (database clock).

    `strays` are calls that passed their limit and that nobody waits for any more; they end by themselves or never.
    """

    __tablename__ = "worker_process"

    owner: Mapped[str] = mapped_column(String(80), primary_key=True)
    threads: Mapped[int]
    strays: Mapped[int] = mapped_column(default=0, server_default="0")
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ScheduledRun(Base):
    """One slot of a scheduled task. The unique (task, slot) row lets any number of schedulers run."""

    __tablename__ = "scheduled_run"
    __table_args__ = (UniqueConstraint("task", "slot"),)

    id: Mapped[PrimaryKey]
    task: Mapped[str] = mapped_column(String(60))
    slot: Mapped[str] = mapped_column(String(40))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    counts: Mapped[dict[str, Any]] = mapped_column(JsonDocument, default=dict)
    error: Mapped[str | None] = mapped_column(Text)


class Installation(Base):
    """One row: when this database was last seen alive, and how far its books and events had come.

    The same is written to a file beside it. A file that knows more than the database means an old backup was restored:
    `held_at` is set, and money and machine actions wait until a person says go on (I45).
    """

    __tablename__ = "installation"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(String(40))
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    marks: Mapped[dict[str, int]] = mapped_column(JsonDocument, default=dict)
    held_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    held_why: Mapped[str] = mapped_column(String(400), default="")
    resumed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    resumed_by: Mapped[str] = mapped_column(String(200), default="")
