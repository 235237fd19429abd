"""What every verb of a domain name, DNS or certificate vendor is handed besides its own arguments."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class VendorCall:
    """One try of one step of a durable job. No database transaction is open meanwhile.

    `operation_key` is the tag of the remote effect: the same in every try of the job, so a verb looks for it before
    it creates. `step_key` is unique per job and step (idempotency keys). `handle` is what StillRunning stored in an
    earlier try. `log(request, answer, status)` writes the masked request log that staff see. `attempt` counts from 1;
    `answer` is what a person answered to NeedsInfo.
    """

    operation_key: str
    step_key: str
    log: Callable[[str, str, int | None], None]
    handle: Any = None
    attempt: int = 1
    answer: str | None = None
