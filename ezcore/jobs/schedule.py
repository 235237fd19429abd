"""Claims slots of scheduled tasks: any number of schedulers may run, a (task, slot) row is unique.

A slot whose scheduler died is taken over after `ABANDONED`; every task is safe to run twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import Table, bindparam, select, tuple_, update

from ezcore.db.once import insert_once
from ezcore.jobs.models import ScheduledRun
from ezcore.work import UnitOfWork

ABANDONED = timedelta(minutes=30)


def free_slots(uow: UnitOfWork, wanted: Mapping[str, str]) -> list[str]:
    """Which tasks' slots (task -> slot) could be claimed now; a cheap read before anybody writes."""
    rows = uow.session.scalars(
        select(ScheduledRun).where(tuple_(ScheduledRun.task, ScheduledRun.slot).in_(list(wanted.items())))
    )
    taken = {row.task for row in rows if row.finished_at or row.started_at > uow.now() - ABANDONED}
    return [task for task in wanted if task not in taken]


def claim_slot(uow: UnitOfWork, task: str, slot: str) -> int | None:
    """Take the slot (`2026-11-22`, `2026-11-22T14:05`) of a task; None when another scheduler has it."""
    values = {"task": task, "slot": slot, "started_at": uow.now(), "counts": {}}
    claimed: int | None = insert_once(uow.session, ScheduledRun, values)
    return claimed if claimed is not None else _take_over(uow, task, slot)


def finish_slot(uow: UnitOfWork, run_id: int, counts: dict[str, Any], error: str | None = None) -> None:
    """Write down what the run did."""
    done = {"its_id": run_id, "finished_at": uow.now(), "counts": counts, "error": error}
    uow.session.execute(_FINISH, done)


def _take_over(uow: UnitOfWork, task: str, slot: str) -> int | None:
    abandoned = (
        ScheduledRun.task == task,
        ScheduledRun.slot == slot,
        ScheduledRun.finished_at.is_(None),
        ScheduledRun.started_at <= uow.now() - ABANDONED,
    )
    taken = update(ScheduledRun).where(*abandoned).values(started_at=uow.now()).returning(ScheduledRun.id)
    found: int | None = uow.session.execute(taken).scalar_one_or_none()
    return found


_TABLE = ScheduledRun.__table__
assert isinstance(_TABLE, Table)
_FINISH = (
    update(_TABLE)
    .where(_TABLE.c.id == bindparam("its_id"))
    .values(finished_at=bindparam("finished_at"), counts=bindparam("counts"), error=bindparam("error"))
)
