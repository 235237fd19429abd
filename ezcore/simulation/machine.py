"""The worker and the scheduler of a simulated shop: the real engine, relay and tasks on one thread."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import bindparam, func, select

from ezcore import reactions
from ezcore.app import Ezcore
from ezcore.automation.tasks import tick
from ezcore.db.types import UtcDateTime
from ezcore.jobs.engine import Engine
from ezcore.jobs.models import Job, JobState
from ezcore.jobs.outbox.models import OutboxDelivery, OutboxEvent
from ezcore.jobs.outbox.operations import BATCH, Subscriber, relay
from ezcore.kernel.clock import MovingClock
from ezcore.kernel.crashpoint import SimulatedCrash

LONG_AGO = datetime.min.replace(tzinfo=UTC)
FAR_AWAY = datetime.max.replace(tzinfo=UTC)
A_MOMENT = timedelta(seconds=1)  # a lease runs out after its last moment, not at it
MOST_TURNS = 100_000


class StillBusy(Exception):
    """The same moment brings work without end: a job that is always due again."""


class Bell:
    """Notes that somebody rang."""

    def __init__(self) -> None:
        self.rung = False

    def __call__(self) -> None:
        """Something is due."""
        self.rung = True


@dataclass
class Machine:
    """A worker process that can die and be away; `worker_back` and `scheduler_back` say until when."""

    shop: Ezcore
    clock: MovingClock
    bell: Bell
    worker_back: datetime = LONG_AGO
    scheduler_back: datetime = LONG_AGO
    crashes: Counter[str] = field(default_factory=Counter)
    jobs_run: int = 0
    _subscribers: Mapping[str, Subscriber] = field(init=False)
    _events_wait: datetime = LONG_AGO
    _started: int = 0
    _engine: Engine | None = None

    def __post_init__(self) -> None:
        self._subscribers = self.shop.subscribers

    def tick(self, without: Collection[str] = ()) -> None:
        """A minute in which something is scheduled. A scheduler that dies here leaves the rest to the next one.

        Tasks `without` are left to another time.
        """
        if self.clock.now() < self.scheduler_back:
            return
        try:
            tick(self.shop.work, without)
        except SimulatedCrash as crash:
            self.died(crash)

    def work(self) -> None:
        """Hand out events and run jobs until nothing is due at this moment."""
        if self.clock.now() < self.worker_back:
            return
        # What waits for its time rings nobody.
        self.bell.rung = self.bell.rung or self.clock.now() >= self._events_wait
        for _ in range(MOST_TURNS):
            try:
                if not self._turn():
                    return
            except SimulatedCrash as crash:
                self.died(crash)
        raise StillBusy(self.clock.now().isoformat())

    def died(self, crash: SimulatedCrash) -> None:
        """The process is gone with all it had in mind; the next one starts with nothing."""
        self.crashes[str(crash)] += 1
        self._engine = None
        self.bell.rung = True

    def next_due(self) -> datetime | None:
        """When the database has work next, after this moment: a job's time, a lease or a claim that runs out."""
        now = self.clock.now()
        if now < self.worker_back:
            return self.worker_back
        with self.shop.work.read() as uow:
            found = uow.session.execute(_NEXT, {"now": now, "a_moment_ago": now - A_MOMENT}).one()
        job, lease, delivery, claim = (
            at + more if at is not None else FAR_AWAY for at, more in zip(found, _MORE, strict=True)
        )
        self._events_wait = min(delivery, claim)
        soonest = min(job, lease, self._events_wait)
        return soonest if soonest < FAR_AWAY else None

    def _turn(self) -> bool:
        work = self.shop.work
        if self.bell.rung:
            self.bell.rung = False
            while relay(work, self._subscribers) >= BATCH or self.bell.rung:
                self.bell.rung = False
        if self._engine is None:
            self._engine = self._new_engine()
        ran = self._engine.run_one()
        self.jobs_run += ran
        return ran or self.bell.rung

    def _new_engine(self) -> Engine:
        self._started += 1
        return Engine(
            work=self.shop.work,
            kinds=self.shop.kinds,
            ports=self.shop.host.ports,
            owner=f"simulated:{self._started}",
            lease_seconds=self.shop.settings.jobs.lease_seconds,
            on_end=reactions.job_failed,
        )


# Asked at every moment, so built once. A column, which rows wait by it, and how much later they can be taken.
_NOW = bindparam("now", type_=UtcDateTime())
_A_MOMENT_AGO = bindparam("a_moment_ago", type_=UtcDateTime())
_WAITS = (
    (Job.run_at, Job.run_at > _NOW, Job.state == JobState.QUEUED, timedelta(0)),
    (Job.lease_until, Job.lease_until > _A_MOMENT_AGO, Job.state == JobState.RUNNING, A_MOMENT),
    (OutboxDelivery.next_at, OutboxDelivery.next_at > _NOW, OutboxDelivery.done_at.is_(None), timedelta(0)),
    (
        OutboxEvent.claimed_until,
        OutboxEvent.claimed_until > _A_MOMENT_AGO,
        OutboxEvent.handed_at.is_(None),
        A_MOMENT,
    ),
)
_MORE = [more for _, _, _, more in _WAITS]
_NEXT = select(
    *(select(func.min(column)).where(later, waits).scalar_subquery() for column, later, waits, _ in _WAITS)
)
