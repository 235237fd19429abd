"""Gives every call of a step a total deadline: a thread cannot be killed, so one that hangs is left behind.

The worker's own thread goes on with other jobs. What the stray thread does at the vendor is found by the operation
key; what it returns is thrown away, and its log lines too.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from ezcore.jobs.engine.context import StepContext
from ezcore.plugin_api.errors import OutcomeUnknown

log = logging.getLogger(__name__)

MOST_STRAYS: Final = 8


class Calls:
    """The calls of one worker process. `in_threads=False` runs them in place, without a limit (virtual time)."""

    def __init__(self, *, in_threads: bool, most_strays: int = MOST_STRAYS) -> None:
        self._in_threads = in_threads
        self._most_strays = most_strays
        self._strays: list[threading.Thread] = []
        self._lock = threading.Lock()

    @property
    def strays(self) -> int:
        """How many calls passed their limit and still hang."""
        with self._lock:
            self._strays = [thread for thread in self._strays if thread.is_alive()]
            return len(self._strays)

    @property
    def too_many(self) -> bool:
        """So many calls hang that this process must not ask vendors any more."""
        return self.strays >= self._most_strays

    def run(self, function: Callable[[Any], Any], context: StepContext, limit: timedelta | None) -> Any:
        """Call it, and wait at most `limit`. Raises: OutcomeUnknown after that, else what it raises itself."""
        if limit is None or not self._in_threads:
            return function(context)
        call = _Call(function, context)
        call.thread.start()
        call.thread.join(limit.total_seconds())
        if call.thread.is_alive():
            context.cut.set()
            with self._lock:
                self._strays.append(call.thread)
            log.error("job %s, step %s: left behind after %s", context.job.id, context.step_name, limit)
            raise OutcomeUnknown(
                f"no end within {limit.total_seconds():.0f} seconds; the call was left to itself"
            )
        if call.error is not None:
            raise call.error
        return call.result


class _Call:
    """One call in a thread of its own, with its result or error."""

    def __init__(self, function: Callable[[Any], Any], context: StepContext) -> None:
        self._function, self._context = function, context
        self.result: Any = None
        self.error: BaseException | None = None
        self.thread = threading.Thread(target=self._run, name=f"job {context.job.id}", daemon=True)

    def _run(self) -> None:
        try:
            self.result = self._function(self._context)
        except BaseException as error:  # noqa: BLE001 - raised again where the call was made
            self.error = error
