"""Composition of a worker process: the engine of durable jobs under Huey's consumer."""

from __future__ import annotations

import os
import socket

from ezcore import reactions
from ezcore.app import Ezcore
from ezcore.automation.tasks import tick
from ezcore.configuration.live import keep_fresh
from ezcore.jobs.engine import Engine
from ezcore.tasks.consumer import run_consumer


def make_engine(shop: Ezcore) -> Engine:
    """The engine of this process; its owner name is unique to this start of it."""
    owner = f"{socket.gethostname()[:30]}:{os.getpid()}:{shop.work.ids.key('w')[-8:]}"
    return Engine(
        work=shop.work,
        kinds=shop.kinds,
        ports=shop.host.ports,
        owner=owner,
        lease_seconds=shop.settings.jobs.lease_seconds,
        on_end=reactions.job_failed,
    )


def work_on(shop: Ezcore, *, scheduler: bool = True) -> None:
    """Run until TERM (finish what runs) or the supervisor's pipe ends."""
    keep_fresh(shop.work)
    run_consumer(
        shop.queue,
        make_engine(shop),
        shop.subscribers,
        lambda: tick(shop.work),
        shop.settings,
        scheduler=scheduler,
    )


def drain(shop: Ezcore, limit: int = 10_000) -> int:
    """Run everything that is due, in this thread: for the simulation, tests and the demo's seed. Returns turns."""
    from ezcore.jobs.outbox.operations import relay  # noqa: PLC0415

    engine = make_engine(shop)
    for turn in range(limit):
        if not (relay(shop.work, shop.subscribers) or engine.run_one()):
            return turn
    raise RuntimeError(f"still busy after {limit} turns")
