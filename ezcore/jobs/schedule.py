"""Claims slots of scheduled tasks: any number of schedulers may run, a (task, slot) row is unique."""

from __future__ import annotations

from typing import Any

from ezcore.db.once import insert_once
from ezcore.jobs.models import ScheduledRun
from ezcore.work import UnitOfWork


def claim_slot(uow: UnitOfWork, task: str, slot: str) -> int | None:
    """Take the slot (`2026-11-22`, `2026-11-22T14:05`) of a task; None when another scheduler has it."""
    return insert_once(
        uow.session, ScheduledRun, {"task": task, "slot": slot, "started_at": uow.now(), "counts": {}}
    )


def finish_slot(uow: UnitOfWork, run_id: int, counts: dict[str, Any], error: str | None = None) -> None:
    """Write down what the run did."""
    run = uow.session.get_one(ScheduledRun, run_id)
    run.finished_at, run.counts, run.error = uow.now(), counts, error
