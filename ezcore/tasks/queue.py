"""Makes the bell from settings: Huey on its own SQLite file, or on Redis. Nothing is decorated at import.

Two tasks exist, `due` (something is due) and `tick` (a minute has passed). Their names are made here, in this
module, so that the web process that rings and the worker that answers agree on them.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from huey import PriorityRedisHuey, SqliteHuey, crontab
from redis import ConnectionPool
from redis.backoff import NoBackoff
from redis.retry import Retry

from ezcore.db.sealed import SecretBox
from ezcore.settings import Settings
from ezcore.tasks.words import SignedWord

Word = Literal["due", "tick"]

PATIENCE: Final = 1.0  # seconds; ringing must never hang a request
LISTEN: Final = 0.5  # seconds a worker thread blocks on Redis, below PATIENCE
SILENCE: Final = 5.0  # seconds for which a queue that did not answer is not asked again
LOUD_ENOUGH: Final = 64  # rings that wait already; more of them would say nothing new


class QueueAway(Exception):
    """The queue did not answer a moment ago; nobody waits for it again until it had time to come back."""


@dataclass
class Queue:
    """Huey, its two tasks, and what the worker answers to them (nothing in a web process)."""

    huey: Any
    words: SignedWord
    rings: dict[str, Callable[[], Any]] = field(default_factory=dict)
    answers: dict[str, Callable[[], None]] = field(default_factory=dict)
    away_until: float = 0.0

    def answer(self, word: Word) -> None:
        """Run what the worker does on this word."""
        self.answers[word]()


def make_queue(settings: Settings, box: SecretBox) -> Queue:
    """The queue of this installation. Opens the file of SQLite; connects to Redis only when it is used."""
    words = SignedWord({word: f"{__name__}.{word}" for word in ("due", "tick")}, box.subkeys("ring"))
    queue = Queue(_huey(settings, words), words)

    def due() -> None:
        queue.answer("due")

    def tick() -> None:
        queue.answer("tick")

    queue.rings["due"] = queue.huey.task(name="due")(due)
    queue.rings["tick"] = queue.huey.periodic_task(crontab(minute="*"), name="tick")(tick)
    return queue


def ring(queue: Queue) -> None:
    """Say that something is due.

    Raises: QueueAway, or what the storage raises, when it is away: the sweep then finds the work.
    """
    if time.monotonic() < queue.away_until:
        raise QueueAway
    try:
        if queue.huey.storage.queue_size() < LOUD_ENOUGH:
            queue.rings["due"]()
    except Exception:
        queue.away_until = time.monotonic() + SILENCE
        raise


def _huey(settings: Settings, words: SignedWord) -> Any:
    rules = settings.queue
    if rules.storage == "redis":
        return PriorityRedisHuey(
            rules.name,
            results=False,
            serializer=words,
            read_timeout=LISTEN,
            connection_pool=ConnectionPool.from_url(
                rules.redis_url,
                socket_timeout=PATIENCE,
                socket_connect_timeout=PATIENCE,
                retry=Retry(NoBackoff(), 0),
            ),
        )
    file = Path(rules.file)
    file.parent.mkdir(parents=True, exist_ok=True)
    # A lost ring costs seconds, so it need not be forced to the disk.
    return SqliteHuey(
        rules.name, results=False, serializer=words, filename=str(file), timeout=PATIENCE, fsync=False
    )
