"""Workers for tests of durable jobs: engines over a unit of work, with step lists made on the spot."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from ezcore.jobs import operations as jobs
from ezcore.jobs.engine import Engine
from ezcore.jobs.models import Job, JobStep, StaffTask
from ezcore.plugin_api.jobs import PROVISIONING, JobKind, Ladder, Step
from ezcore.work import Work

LEASE = 60.0


class NoPorts:
    """Ports of a shop without plugins."""

    def get(self, kind: type, name: str) -> Any:
        raise LookupError(f"the plugin that brings {name} is not installed")

    def names(self, kind: type) -> Sequence[str]:
        return ()


@dataclass
class Bench:
    """A work bench: enqueue jobs of one kind, run them with engines, look at what became of them."""

    work: Work
    kinds: dict[str, JobKind] = field(default_factory=dict)
    ended: list[int] = field(default_factory=list)
    causes: list[str | None] = field(default_factory=list)

    def kind(
        self, *steps: Step, name: str = "test.job", ladder: Ladder = PROVISIONING, **other: Any
    ) -> JobKind:
        self.kinds[name] = JobKind(name, "Do the test job", ladder, list(steps), **other)
        return self.kinds[name]

    def engine(self, owner: str = "worker-1") -> Engine:
        return Engine(
            work=self.work,
            kinds=self.kinds,
            ports=NoPorts(),
            owner=owner,
            lease_seconds=LEASE,
            on_end=lambda _uow, job: self.note_end(job),
        )

    def note_end(self, job: Job) -> None:
        self.ended.append(job.id)
        self.causes.append(job.cause)

    def enqueue(self, kind: JobKind, key: str = "k1", **other: Any) -> int:
        with self.work.write() as uow:
            return jobs.enqueue(uow, kind, key, other.pop("payload", {}), **other).id

    def job(self, number: int) -> Job:
        with self.work.read() as uow:
            return uow.session.get_one(Job, number)

    def steps(self, number: int) -> dict[str, JobStep]:
        with self.work.read() as uow:
            rows = uow.session.scalars(
                select(JobStep).where(JobStep.job_id == number).order_by(JobStep.position)
            )
            return {row.name: row for row in rows}

    def states(self, number: int) -> list[str]:
        return [row.state for row in self.steps(number).values()]

    def task(self, number: int) -> StaffTask | None:
        with self.work.read() as uow:
            return uow.session.scalars(select(StaffTask).where(StaffTask.job_id == number)).first()

    def later(self, seconds: float) -> None:
        self.work.clock.advance(timedelta(seconds=seconds))

    def wait(self, number: int) -> float:
        """Seconds until the job is due again."""
        return (self.job(number).run_at - self.work.clock.now()).total_seconds()

    def run_until_idle(self, owner: str = "worker-1", limit: int = 50) -> int:
        engine = self.engine(owner)
        for turn in range(limit):
            if not engine.run_one():
                return turn
        raise AssertionError(f"still busy after {limit} turns")

    def run_over_days(self, number: int, limit: int = 60) -> list[float]:
        """Let time pass from try to try until the job waits for nothing; returns the pauses in seconds."""
        pauses: list[float] = []
        while len(pauses) < limit:
            self.run_until_idle()
            if self.job(number).state != "queued":
                return pauses
            pauses.append(self.wait(number))
            self.later(pauses[-1])
        raise AssertionError("it never stops")


def failing(*errors: Exception | None) -> Callable[[Any], str]:
    """A step body that raises these in turn (the last one for ever); None means it goes well."""
    turns = list(errors)

    def run(_context: Any) -> str:
        error = turns.pop(0) if len(turns) > 1 else turns[0]
        if error is not None:
            raise error
        return "well"

    return run


@pytest.fixture
def bench(work: Work) -> Bench:
    """A bench on SQLite."""
    return Bench(work)


@pytest.fixture
def each_bench(each_work: Work) -> Bench:
    """A bench, once per database."""
    return Bench(each_work)
