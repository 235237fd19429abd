"""The vocabulary of durable work: job kinds, their steps, and the ladders by which tries are repeated."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Generic, TypeVar

C = TypeVar("C")


@dataclass(frozen=True)
class Ladder:
    """When a failed try is repeated, and when a person is asked. All figures in seconds.

    `delays` are used one after the other, then `then_every` until `until` has passed since the first
    failure; after that the job becomes `needs_info`. A staff task opens at `task_after_tries` failures
    or `task_after` seconds after the first failure, while the tries go on.
    """

    name: str
    delays: tuple[float, ...]
    then_every: float | None
    until: float
    task_after_tries: int = 3
    task_after: float = 900

    def next_delay(self, failures: int, since_first_failure: float) -> float | None:
        """Seconds to wait after the `failures`-th failure (1-based); None when the ladder is used up."""
        if failures <= len(self.delays):
            return self.delays[failures - 1]
        if self.then_every is None or since_first_failure >= self.until:
            return None
        return self.then_every

    def wants_staff_task(self, failures: int, since_first_failure: float) -> bool:
        """Should a person look at it by now?"""
        return failures >= self.task_after_tries or since_first_failure >= self.task_after


DAY = 86_400.0
PROVISIONING = Ladder("provisioning", (5, 30, 120, 600, 1800), then_every=3600, until=DAY)
RECONCILE = Ladder("reconcile", (300, 3600, 21_600, DAY, DAY, DAY, DAY, DAY), then_every=None, until=6 * DAY)
MAIL = Ladder("mail", (10, 60, 300, 1800), then_every=3600, until=3 * DAY, task_after_tries=5)
WEBHOOK = Ladder("webhook", (2, 10, 60, 300, 1800), then_every=3600, until=3 * DAY, task_after_tries=5)


@dataclass(frozen=True)
class Step(Generic[C]):
    """One line of a saga: `run` talks to the outside world and no database transaction is open meanwhile.

    What `run` returns (JSON or a pydantic model) is stored; a step that is done never runs again. It may run
    twice when the process dies in between, so it looks by operation key before it creates.
    `undo` takes the effect back when a later step fails for good; it is repeated by the job's ladder.
    `deadline` is for the whole step, over all checks of work that goes on at the vendor; `call_limit` for one call of
    `run` or `undo`: what takes longer is left to itself, as OutcomeUnknown. None: as long as it takes.
    """

    name: str
    title: str
    run: Callable[[C], Any] | None = None
    undo: Callable[[C], None] | None = None
    deadline: timedelta = timedelta(hours=1)
    call_limit: timedelta | None = timedelta(seconds=120)


StepsOf = Callable[[Any], Sequence[Step[Any]]]


@dataclass(frozen=True)
class JobKind:
    """A named kind of durable work. The name is stored in rows and never changes.

    `steps` is a list, or a function of the job's context where a plugin decides (provisioning verbs).
    """

    name: str
    title: str
    ladder: Ladder
    steps: Sequence[Step[Any]] | StepsOf
    priority: int = field(default=0)
