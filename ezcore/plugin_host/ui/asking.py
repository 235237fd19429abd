"""Asks several functions at once and waits for them together, no longer than the limit.

Python cannot stop a thread: one that hangs goes on, as a daemon, and its plugin is not asked while it does.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

LIMIT: Final = 0.3
"""Seconds that all the contributions to one slot have together."""


@dataclass
class Answer:
    """What came of one call: a value or an error; neither when it was late."""

    thread: threading.Thread | None = None
    value: Any = None
    error: BaseException | None = None
    came: bool = False

    @property
    def is_late(self) -> bool:
        """Nothing came in time."""
        return not self.came


def ask(calls: Sequence[Callable[[], Any]], limit: float = LIMIT) -> list[Answer]:
    """One answer per call, in their order, after at most `limit` seconds. Raises nothing that a call raises."""
    answers = [Answer() for _ in calls]
    until = time.monotonic() + limit
    for call, answer in zip(calls, answers, strict=True):
        answer.thread = threading.Thread(target=_run, args=(call, answer), name="plugin-slot", daemon=True)
        answer.thread.start()
    for answer in answers:
        if answer.thread is not None:
            answer.thread.join(max(0.0, until - time.monotonic()))
    # A copy: what comes later must not change an answer that was judged late.
    return [Answer(one.thread, one.value, one.error, one.came) for one in answers]


def _run(call: Callable[[], Any], answer: Answer) -> None:
    try:
        answer.value = call()
    except BaseException as error:  # noqa: BLE001 - a plugin may raise anything, SystemExit too; the page stays
        answer.error = error
    answer.came = True
