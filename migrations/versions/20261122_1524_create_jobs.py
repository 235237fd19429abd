"""Create jobs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
revision = "20261122_1524"
down_revision = "20261122_1523"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _job()
    _scheduled_run()
    _worker_process()
    _job_log()
    _job_step()
    _staff_task()


def _job() -> None:
    op.create_table(
        "job",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=80), nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("subject_kind", sa.String(length=40), nullable=False),
        sa.Column("subject_id", BIGINT, nullable=True),
        sa.Column("client_id", BIGINT, nullable=True),
        sa.Column("provider", sa.String(length=120), nullable=True),
        sa.Column("payload", DOCUMENT, nullable=False),
        sa.Column("payload_version", BIGINT, nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("priority", BIGINT, nullable=False),
        sa.Column("run_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", BIGINT, nullable=False),
        sa.Column("failures", BIGINT, nullable=False),
        sa.Column("first_failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lost_leases", BIGINT, nullable=False),
        sa.Column("owner", sa.String(length=80), nullable=True),
        sa.Column("fence", BIGINT, nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cause", sa.Text(), nullable=True),
        sa.Column("question", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("actor_name", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint("key", name=op.f("uq_job_key")),
    )
    op.create_index(op.f("ix_job_client_id"), "job", ["client_id"], unique=False)
    op.create_index("ix_job_due", "job", ["state", "run_at"], unique=False)
    op.create_index(op.f("ix_job_provider"), "job", ["provider"], unique=False)
    op.create_index("ix_job_subject", "job", ["subject_kind", "subject_id"], unique=False)


def _scheduled_run() -> None:
    op.create_table(
        "scheduled_run",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("task", sa.String(length=60), nullable=False),
        sa.Column("slot", sa.String(length=40), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counts", DOCUMENT, nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheduled_run")),
        sa.UniqueConstraint("task", "slot", name=op.f("uq_scheduled_run_task_slot")),
    )


def _worker_process() -> None:
    op.create_table(
        "worker_process",
        sa.Column("owner", sa.String(length=80), nullable=False),
        sa.Column("threads", BIGINT, nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("owner", name=op.f("pk_worker_process")),
    )


def _job_log() -> None:
    op.create_table(
        "job_log",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("job_id", BIGINT, nullable=False),
        sa.Column("step", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("status", BIGINT, nullable=True),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_job_log_job_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_log")),
    )
    op.create_index(op.f("ix_job_log_job_id"), "job_log", ["job_id"], unique=False)


def _job_step() -> None:
    op.create_table(
        "job_step",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("job_id", BIGINT, nullable=False),
        sa.Column("position", BIGINT, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("result", DOCUMENT, nullable=True),
        sa.Column("handle", DOCUMENT, nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_job_step_job_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_step")),
        sa.UniqueConstraint("job_id", "name", name=op.f("uq_job_step_job_id_name")),
        sa.UniqueConstraint("job_id", "position", name=op.f("uq_job_step_job_id_position")),
    )


def _staff_task() -> None:
    op.create_table(
        "staff_task",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("job_id", BIGINT, nullable=True),
        sa.Column("client_id", BIGINT, nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolution", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["job_id"], ["job.id"], name=op.f("fk_staff_task_job_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_task")),
        sa.UniqueConstraint("key", name=op.f("uq_staff_task_key")),
    )
    op.create_index(op.f("ix_staff_task_job_id"), "staff_task", ["job_id"], unique=False)
