"""The heart of a worker process: keeps its leases, says that it lives, and rings for what is due."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import delete, update

from ezcore.jobs.engine.claim import anything_due
from ezcore.jobs.engine.engine import Engine
from ezcore.jobs.models import Job, JobState, WorkerProcess
from ezcore.jobs.outbox.operations import anything_to_hand
from ezcore.work import UnitOfWork

log = logging.getLogger(__name__)


@dataclass
class Heart:
    """Beats every `seconds` in a thread of its own; a missed beat costs nothing but time.

    `when_silent` is called instead of the bell when that cannot be rung; it must not block.
    """

    engine: Engine
    threads: int
    seconds: float
    when_silent: Callable[[], None] | None = None
    at_every_beat: Callable[[], None] | None = None
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to beat."""
        self._thread = threading.Thread(target=self._beat_on, name="heart", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop beating; leases of what still runs then run out by themselves."""
        self._stop.set()
        if self._thread:
            self._thread.join(timeout=5)
        try:
            with self.engine.work.write() as uow:
                uow.session.execute(delete(WorkerProcess).where(WorkerProcess.owner == self.engine.owner))
        except Exception:
            log.warning("could not sign off; others see it by the silence", exc_info=True)

    def beat(self) -> None:
        """One beat."""
        with self.engine.work.write() as uow:
            self._show_life(uow)
            self._keep_leases(uow)
        with self.engine.work.read() as uow:
            due = anything_due(uow) or anything_to_hand(uow)
        if due:
            self._ring()
        if self.at_every_beat:
            self.at_every_beat()

    def _ring(self) -> None:
        try:
            self.engine.work.bell()
        except Exception:
            if self.when_silent is None:
                raise
            self.when_silent()

    def _beat_on(self) -> None:
        while True:
            try:
                self.beat()
            except Exception:
                log.warning("a heartbeat was missed", exc_info=True)
            if self._stop.wait(self.seconds):
                return

    def _show_life(self, uow: UnitOfWork) -> None:
        now = uow.database_now()
        row = uow.session.get(WorkerProcess, self.engine.owner)
        if row is None:
            row = WorkerProcess(owner=self.engine.owner, threads=self.threads, strays=0, started_at=now)
            uow.session.add(row)
        row.seen_at, row.strays = now, self.engine.calls.strays

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
