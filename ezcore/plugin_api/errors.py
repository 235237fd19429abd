"""What a job step or a webhook source may say when it cannot simply return.

Raised by plugins and by our own steps; understood by the job engine (`ezcore.jobs`) and the webhook inbox.
"""

from __future__ import annotations

from typing import Any


class StepSignal(Exception):
    """Common parent: a step tells the engine what to do next. Anything else raised counts as a failed try."""


class RetryAfter(StepSignal):
    """The vendor asked us to wait (HTTP 429, a lock); counts as a try.

    The wait is `seconds` or the ladder's, whichever is longer.
    """

    def __init__(self, seconds: float, cause: str = "asked to wait") -> None:
        super().__init__(cause)
        self.seconds = seconds
        self.cause = cause


class StillRunning(StepSignal):
    """The vendor accepted and works on. `handle` is stored and handed back; no try is counted until the deadline."""

    def __init__(self, check_after: float, handle: Any, cause: str = "still running at the vendor") -> None:
        super().__init__(cause)
        self.check_after = check_after
        self.handle = handle
        self.cause = cause


class NeedsInfo(StepSignal):
    """Only a person can answer `question`. The job waits as `needs_info`; the answer is in `call.answer`."""

    def __init__(self, question: str) -> None:
        super().__init__(question)
        self.question = question


class PermanentFailure(StepSignal):
    """Trying again cannot help. Earlier steps are undone in reverse and the job fails, with a staff task."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class OutcomeUnknown(StepSignal):
    """The vendor may or may not have done it (timeout, lost answer). The next run must look before it acts."""

    def __init__(self, cause: str = "the answer was lost") -> None:
        super().__init__(cause)
        self.cause = cause


class BadSignature(Exception):
    """A webhook that was not signed by whom it claims, was altered, or is stale: 400 and no inbox row."""


class Malformed(Exception):
    """A signed webhook body that cannot be read (not JSON, no id): 400 and no inbox row."""
