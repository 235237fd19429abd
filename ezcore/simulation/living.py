"""One simulated life of a shop: moment by moment, with the promises asked at the end of every month."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import select, text

from ezcore.jobs.models import ScheduledRun
from ezcore.reports.invariants import QUERIES
from ezcore.simulation import figures
from ezcore.simulation.behaviours import BEHAVIOURS
from ezcore.simulation.checks import CHECKS
from ezcore.simulation.event_log import Happened
from ezcore.simulation.options import Options
from ezcore.simulation.world import World


@dataclass
class Simulation:
    """One run: the world, what was found monthly, and how many moments it took."""

    options: Options
    world: World
    revenue: list[dict[str, Any]] = field(default_factory=list)
    invariants: dict[str, int] = field(default_factory=dict)
    violations: list[str] = field(default_factory=list)
    told: set[tuple[str, str]] = field(default_factory=set)
    moments: int = 0

    def run(self, progress: Callable[[str], None]) -> None:
        """Live from start to end, moment by moment."""
        world = self.world
        while True:
            self._one_moment()
            times = (world.agenda.next_at(), world.machine.next_due(), world.vendors.next_due())
            moment = min((at for at in times if at is not None), default=world.end)
            if moment >= world.end:
                break
            if (moment.year, moment.month) != (world.now.year, world.now.month):
                progress(f"{moment:%Y-%m}  {sum(world.events.counts.values())} events")
            world.clock.move_to(max(moment, world.now))
        world.clock.move_to(world.end)
        self.close_month(last=True)

    def _one_moment(self) -> None:
        world = self.world
        self.moments += 1
        while True:
            while (entry := world.agenda.take_due(world.now)) is not None:
                world.perform(entry)
            world.vendors.work_off(world.door)
            world.machine.work()
            for event in world.events.read_on():
                self._tell(event)
            soon = world.agenda.next_at()
            if soon is None or soon > world.now:
                return

    def _tell(self, event: Happened) -> None:
        """The client whom an event is about hears of it, as by mail."""
        person = self.world.by_client.get(event.payload.get("client_id", 0))
        if person is None:
            return
        for behaviour in BEHAVIOURS:
            hear = behaviour.hears.get(event.name)
            if hear is not None and behaviour.name in person.habits:
                hear(self.world, person, event)

    def close_month(self, *, last: bool = False) -> None:
        """Ask the invariants that hold at every moment; at the end all of them."""
        world = self.world
        found: dict[str, list[str]] = {}
        with world.work.read() as uow:
            for name, (_promise, query) in QUERIES.items():
                found[name] = [str(row[0]) for row in uow.session.execute(text(query))]
            errors = uow.session.execute(
                select(ScheduledRun.task, ScheduledRun.slot, ScheduledRun.error).where(
                    ScheduledRun.error.is_not(None)
                )
            ).all()
            found["tasks run"] = [f"{task} {slot}: {error}" for task, slot, error in errors]
            for currency, minor in figures.recurring_revenue(uow).items():
                month = f"{world.now - timedelta(hours=1):%Y-%m}"
                self.revenue.append({"month": month, "currency": currency, "minor": minor})
        if last:
            found |= {name: check(world) for name, check in CHECKS.items()}
            found["no surprise"] = world.unexpected
        for name, rows in found.items():
            self.invariants[name] = max(self.invariants.get(name, 0), len(rows))
            for row in rows:
                # Told once, with the day on which it was first seen.
                if (name, row) not in self.told:
                    self.told.add((name, row))
                    self.violations.append(f"{world.now.date()} {name}: {row}")

    def report(self) -> dict[str, Any]:
        """Everything that is printed; the same for the same options."""
        world, options = self.world, self.options
        with world.work.read() as uow:
            owed = figures.ageing(uow, world.end.date())
            flow, made, stuck = figures.cash_flow(uow), figures.jobs(uow), figures.stuck(uow)
        return {
            "command": options.command,
            "seed": options.seed,
            "from": world.start.date().isoformat(),
            "to": world.end.date().isoformat(),
            "cash_flow": flow,
            "recurring_revenue": self.revenue,
            "ageing": owed,
            "jobs": made,
            "stuck": stuck,
            "jobs_run": world.machine.jobs_run,
            "happened": dict(sorted(world.happened.items())),
            "deaths": dict(sorted(world.machine.crashes.items())),
            "webhook_answers": {str(code): count for code, count in sorted(world.door.answers.items())},
            "unplaced_transfers": len(world.bank.unplaced),
            "events": dict(sorted(world.events.counts.items())),
            "event_log_sha256": world.events.sha256,
            "invariants": dict(sorted(self.invariants.items())),
            "violations": self.violations,
        }
