"""The worker process: Huey's consumer with thread workers, the heart that keeps leases, and a calm end.

TERM, INT and HUP all mean: begin nothing new, finish the step that runs, leave the rest to the lease.
"""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from huey.consumer import Consumer
from redis.exceptions import RedisError

from ezcore.jobs.engine import Engine
from ezcore.jobs.engine.heart import Heart
from ezcore.jobs.outbox.operations import Subscriber
from ezcore.settings import Settings
from ezcore.tasks.drain import Drain
from ezcore.tasks.queue import Queue
from ezcore.tasks.words import RefusedMessage

log = logging.getLogger(__name__)

STOP_SECONDS = 8  # a supervisor waits ten before it kills
MISSED_TICK = 90.0  # seconds without a tick from the queue after which this worker ticks by itself
ENDINGS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class CalmConsumer(Consumer):  # type: ignore[misc]  # Huey ships no types
    """Huey's consumer, except that every ending is graceful and a second signal does not hurry it."""

    def _set_signal_handlers(self) -> None:
        for number in ENDINGS:
            signal.signal(number, self._handle_signal)

    def _handle_signal(self, signum: int, _frame: Any) -> None:
        # Huey restarts on HUP and breaks off on a second TERM; supervisor and closed pipe may both say TERM.
        self._signum, self._restart, self._graceful = signum, False, True


@dataclass
class Ticker:
    """Answers `tick`, and ticks by itself when the queue is away: slots are unique, so twice is harmless."""

    on_tick: Callable[[], None]
    heard: float = field(default_factory=time.monotonic)

    def __call__(self) -> None:
        """A minute has passed."""
        self.heard = time.monotonic()
        self.on_tick()

    def unheard(self) -> None:
        """Called at every heartbeat."""
        if time.monotonic() - self.heard > MISSED_TICK:
            self.heard = time.monotonic()
            threading.Thread(target=self.on_tick, name="tick", daemon=True).start()


def run_consumer(
    queue: Queue,
    engine: Engine,
    subscribers: Mapping[str, Subscriber],
    on_tick: Callable[[], None],
    settings: Settings,
    *,
    scheduler: bool = True,
) -> None:
    """Answer the bell until TERM, INT or HUP; call it in the main thread.

    `on_tick` runs about once a minute in one of the threads. With `scheduler=False` it never does.
    """
    consumer = CalmConsumer(
        queue.huey,
        workers=settings.jobs.workers,
        worker_type="thread",
        periodic=scheduler,
        initial_delay=0.05,
        max_delay=1.0,
        scheduler_interval=10,
        shutdown_timeout=STOP_SECONDS,
        graceful_signal="TERM",
    )
    engine.stopping = consumer.stop_flag.is_set
    drain = Drain(engine, subscribers, settings.jobs.workers, consumer.stop_flag.is_set)
    ticker = Ticker(on_tick)
    queue.answers = {"due": drain, "tick": ticker}
    heart = Heart(
        engine,
        settings.jobs.workers,
        settings.jobs.sweep_seconds,
        when_silent=_Poll(drain),
        at_every_beat=ticker.unheard if scheduler else None,
    )
    logging.getLogger("huey.consumer.Worker").addFilter(_quiet)
    heart.start()
    try:
        consumer.run()
    finally:
        heart.stop()


@dataclass
class _Poll:
    """Drains in a thread of its own when the bell cannot be rung; one at a time."""

    drain: Drain
    _busy: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self) -> None:
        threading.Thread(target=self._run, name="poll", daemon=True).start()

    def _run(self) -> None:
        if not self._busy.acquire(blocking=False):
            return
        try:
            self.drain()
        except Exception:
            log.exception("polling failed; the next heartbeat tries again")
        finally:
            self._busy.release()


def _quiet(record: logging.LogRecord) -> bool:
    """One line instead of a stack for what is expected: refused bytes, a queue that is away."""
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, RefusedMessage):
        return False
    if isinstance(error, RedisError | OSError):
        record.msg, record.args, record.exc_info = f"the queue is away: {error}", (), None
    return True
