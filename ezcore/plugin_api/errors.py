"""What a job step or a webhook source may say when it cannot simply return.

Raised by plugins and by our own steps; understood by the job engine (`ezcore.jobs`) and the webhook inbox.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True)
class Asked:
    """One field of a question: `name` in the answer, `label` as people read it.

    `kind` is `text` (one line), `long` (several) or `choice` (one of `options`).
    """

    name: str
    label: str
    kind: Literal["text", "long", "choice"] = "text"
    options: tuple[str, ...] = ()
    hint: str = ""
    required: bool = True


class StepSignal(Exception):
    """Common parent: a step tells the engine what to do next. Anything else raised counts as a failed try."""


class RetryAfter(StepSignal):
    """The vendor asked us to wait (HTTP 429, a lock); counts as a try.

    The wait is `seconds` or the ladder's, whichever is longer. With `unreachable=True` nobody answered at all
    (connection refused, 5xx to a question): after five such failures in a row all jobs of the provider wait.
    """

    def __init__(self, seconds: float, cause: str = "asked to wait", *, unreachable: bool = False) -> None:
        super().__init__(cause)
        self.seconds = seconds
        self.cause = cause
        self.unreachable = unreachable


class StillRunning(StepSignal):
    """The vendor accepted and works on. `handle` is stored and handed back; no try is counted until the deadline."""

    def __init__(self, check_after: float, handle: Any, cause: str = "still running at the vendor") -> None:
        super().__init__(cause)
        self.check_after = check_after
        self.handle = handle
        self.cause = cause


class NeedsInfo(StepSignal):
    """Only a person can answer `question`. The job waits as `needs_info`; the answer is in `call.answer`.

    `ask="client"` shows the question to the client (staff may answer too), so it must hold nothing internal.
    With `fields` the answer is a JSON object of names and texts; without, it is the text that was typed.
    """

    def __init__(
        self, question: str, *, ask: Literal["staff", "client"] = "staff", fields: Sequence[Asked] = ()
    ) -> None:
        super().__init__(question)
        self.question = question
        self.ask = ask
        self.fields = tuple(fields)


class PermanentFailure(StepSignal):
    """Trying again cannot help. Earlier steps are undone in reverse and the job fails, with a staff task."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class OutcomeUnknown(StepSignal):
    """The vendor may or may not have done it (timeout, lost answer). The next run must look before it acts.

    It counts against the provider like a server that does not answer; `unreachable=False` says that the vendor
    answers and only this one outcome is open.
    """

    def __init__(self, cause: str = "the answer was lost", *, unreachable: bool = True) -> None:
        super().__init__(cause)
        self.cause = cause
        self.unreachable = unreachable


class BadSignature(Exception):
    """A webhook that was not signed by whom it claims, was altered, or is stale: 400 and no inbox row."""


class Malformed(Exception):
    """A signed webhook body that cannot be read (not JSON, no id): 400 and no inbox row."""
