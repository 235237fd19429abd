"""A shop with nothing but the job engine, to be run in processes that a test kills.

Each step writes its key into a file (the "vendor"), after looking whether it is there, as every module must.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ezcore.db.engine import make_engine
from ezcore.db.sealed import SecretBox
from ezcore.jobs import operations as jobs
from ezcore.jobs.engine import Engine, Settled
from ezcore.jobs.models import ScheduledRun
from ezcore.kernel.clock import SystemClock
from ezcore.kernel.ids import SystemIds
from ezcore.plugin_api.errors import PermanentFailure
from ezcore.plugin_api.jobs import JobKind, Ladder, Step
from ezcore.settings import Jobs, Queue, Settings
from ezcore.tasks.consumer import run_consumer
from ezcore.tasks.lifeline import exit_when_parent_dies
from ezcore.tasks.queue import make_queue, ring
from ezcore.testkit.quiet import TEST_KEYS, KeepingDispatch, NoHooks
from ezcore.work import Work

QUICK = Ladder("quick", (0.1, 0.1, 0.2), then_every=0.5, until=60, task_after_tries=99)


@dataclass(frozen=True)
class Shop:
    """Where everything is; travels to the child processes."""

    database: str
    effects: Path
    queue: dict[str, Any] = field(default_factory=dict)
    workers: int = 2
    lease: float = 2.0
    sweep: float = 0.3

    def settings(self) -> Settings:
        rules = Jobs(workers=self.workers, lease_seconds=self.lease, sweep_seconds=self.sweep)
        return Settings(jobs=rules, queue=Queue(**self.queue))

    def open(self, *, rings: bool = True) -> tuple[Work, Any]:
        """The unit-of-work factory and the queue."""
        box, settings = SecretBox(TEST_KEYS), self.settings()
        queue = make_queue(settings, box)
        work = Work(
            engine=make_engine(self.database),
            clock=SystemClock(),
            ids=SystemIds(),
            hooks=NoHooks(),
            box=box,
            settings=settings,
            dispatch=KeepingDispatch(),
            bell=(lambda: ring(queue)) if rings else (lambda: None),
        )
        return work, queue

    def happened(self) -> list[str]:
        """What the vendor did, in its order."""
        return self.effects.read_text().split() if self.effects.exists() else []


def enqueue(shop: Shop, kinds: list[str], *, rings: bool = True) -> None:
    """Ask for one job per name, all in one transaction; the key is the name."""
    work, _ = shop.open(rings=rings)
    with work.write() as uow:
        for name in kinds:
            kind = JobKind(name.partition(":")[0], "Fault", QUICK, ())
            jobs.enqueue(uow, kind, name, {})
    work.engine.dispose()


def enqueue_with(shop: Shop, kinds: list[str], environ: dict[str, str]) -> None:
    """The same in a process that may die at a crash point."""
    os.environ.update(environ)
    enqueue(shop, kinds)


def run_worker(shop: Shop, environ: dict[str, str], lifeline: Any = None) -> None:
    """Be a worker until told to stop, or until `environ` says die."""
    os.environ.update(environ)
    exit_when_parent_dies(multiprocessing.parent_process().sentinel, seconds=5)  # a killed test leaves nobody
    if lifeline is not None:
        exit_when_parent_dies(lifeline.fileno(), seconds=5)
    work, queue = shop.open()
    engine = Engine(work, _Kinds(shop), None, f"worker:{os.getpid()}", shop.lease, lambda _uow, _job: None)
    run_consumer(queue, engine, {}, lambda: None, shop.settings())


class _Kinds(dict):
    """Every name is a kind of three steps, so that each crash point has a kind, and a name, of its own."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    def get(self, name: str, _default: Any = None) -> JobKind:
        fails = name.startswith("undo")
        return JobKind(
            name,
            "Fault",
            QUICK,
            [
                Step("a", "A", run=self._do, undo=self._undo),
                Step("b", "B", run=self._slow if name.startswith("slow") else self._do, undo=self._undo),
                Step("c", "C", run=self._refuse)
                if fails
                else Settled("c", "C", run=self._do, settle=_settle),
            ],
        )

    def _do(self, context) -> str:
        if context.step_key not in self.shop.happened():
            self._write(context.step_key)
        return context.step_key

    def _slow(self, context) -> str:
        time.sleep(0.05)
        return self._do(context)

    def _undo(self, context) -> None:
        if (
            context.operation_key.startswith("undoaway")
            and f"!{context.step_key}" not in self.shop.happened()
        ):
            self._write(f"!{context.step_key}")
            raise ConnectionError("the vendor is away")
        if f"-{context.step_key}" not in self.shop.happened():
            self._write(f"-{context.step_key}")

    def _refuse(self, _context) -> None:
        raise PermanentFailure("sold out")

    def _write(self, line: str) -> None:
        with self.shop.effects.open("a") as log:
            log.write(line + "\n")


def _settle(uow, context, _result) -> None:
    # A new row each time it runs, so that running twice would be seen.
    uow.session.add(ScheduledRun(task=context.operation_key, slot=uow.ids.key("s"), started_at=uow.now()))
