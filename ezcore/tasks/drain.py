"""What a worker thread does when the bell rings: hand out events and run due jobs until none is left."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ezcore.jobs.engine import Engine
from ezcore.jobs.engine.claim import count_due
from ezcore.jobs.outbox.operations import Subscriber, relay


@dataclass
class Drain:
    """Answers `due`. Many threads may drain at once; each job and each batch of events is claimed by one."""

    engine: Engine
    subscribers: Mapping[str, Subscriber]
    threads: int
    stopping: Callable[[], bool]

    def __call__(self) -> None:
        """Work until nothing is due or the worker is told to stop."""
        self._wake_the_others()
        while not self.stopping():
            handed = relay(self.engine.work, self.subscribers)
            ran = self.engine.run_one()
            if not handed and not ran:
                return

    def _wake_the_others(self) -> None:
        # One ring may stand for a thousand jobs: a bulk run rings once, after its commit.
        with self.engine.work.read() as uow:
            due = count_due(uow, self.threads)
        for _ in range(due - 1):
            self.engine.work.ring()
