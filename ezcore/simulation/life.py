"""Lives through days on a moving clock: scheduled tasks, jobs, mails, with whatever vendors are plugged in."""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from zoneinfo import ZoneInfo

from sqlalchemy import select

from ezcore.app import Ezcore
from ezcore.automation.tasks import tick
from ezcore.jobs.models import Job, JobState
from ezcore.kernel.clock import MovingClock
from ezcore.worker import drain

MORNING = clock_time(10, 0)
SOON = timedelta(hours=2)


@dataclass
class Life:
    """A shop on a moving clock (`build(..., clock=clock, virtual_time=True)`).

    `pause` is real seconds that a vendor with a clock of its own is given whenever a job waits for it.
    Tasks `without` do not run.
    """

    shop: Ezcore
    clock: MovingClock
    pause: float = 0.0
    without: Collection[str] = ()

    def settle(self) -> None:
        """Run jobs until nothing is due within two hours; the clock moves to each job's time."""
        while True:
            drain(self.shop)
            due = self._next_due()
            if due is None or due > self.clock.now() + SOON:
                return
            self.clock.move_to(max(due, self.clock.now()))
            if self.pause:
                time.sleep(self.pause)

    def live_until(self, day: date) -> None:
        """Live through every morning up to and including this day."""
        zone = ZoneInfo(self.shop.settings.shop.time_zone)
        today = self.clock.now().astimezone(zone).date()
        while today < day:
            today += timedelta(days=1)
            self.clock.move_to(max(self.clock.now(), datetime.combine(today, MORNING, zone)))
            tick(self.shop.work, self.without)
            self.settle()

    def _next_due(self) -> datetime | None:
        with self.shop.work.read() as uow:
            return uow.session.scalars(
                select(Job.run_at).where(Job.state == JobState.QUEUED).order_by(Job.run_at).limit(1)
            ).first()
