"""The heart of a worker process: keeps its leases, says that it lives, and rings for what is due."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import select, update

from ezcore.jobs.engine.claim import anything_due
from ezcore.jobs.engine.engine import Engine
from ezcore.jobs.models import Job, JobState, WorkerProcess
from ezcore.jobs.outbox.models import OutboxEvent
from ezcore.work import UnitOfWork

log = logging.getLogger(__name__)


@dataclass
class Heart:
    """Beats every `seconds` in a thread of its own; a missed beat costs nothing but time."""

    engine: Engine
    threads: int
    seconds: float
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to beat."""
        self._thread = threading.Thread(target=self._beat_on, name="heart", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop beating; leases then run out by themselves."""
        self._stop.set()
        if self._thread:
            self._thread.join(timeout=5)

    def beat(self) -> None:
        """One beat."""
        with self.engine.work.write() as uow:
            self._show_life(uow)
            self._keep_leases(uow)
        with self.engine.work.read() as uow:
            due = anything_due(uow) or _events_wait(uow)
        if due:
            self.engine.work.bell()

    def _beat_on(self) -> None:
        while not self._stop.wait(self.seconds):
            try:
                self.beat()
            except Exception:
                log.warning("a heartbeat was missed", exc_info=True)

    def _show_life(self, uow: UnitOfWork) -> None:
        now = uow.database_now()
        row = uow.session.get(WorkerProcess, self.engine.owner)
        if row is None:
            row = WorkerProcess(owner=self.engine.owner, threads=self.threads, started_at=now)
            uow.session.add(row)
        row.seen_at = now

    def _keep_leases(self, uow: UnitOfWork) -> None:
        active = list(self.engine.active)
        if not active:
            return
        until = uow.database_now() + timedelta(seconds=self.engine.lease_seconds)
        uow.session.execute(
            update(Job)
            .where(Job.id.in_(active), Job.owner == self.engine.owner, Job.state == JobState.RUNNING)
            .values(lease_until=until)
        )


def _events_wait(uow: UnitOfWork) -> bool:
    query = select(OutboxEvent.id).where(OutboxEvent.handed_at.is_(None)).limit(1)
    return uow.session.execute(query).first() is not None
