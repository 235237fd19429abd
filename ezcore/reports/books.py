"""The nightly look at the books: every invariant is asked once a day, and the dashboard shows what that found.

Asking them all reads the whole of the books, so no page does it. `ez check --invariants` asks at once.
"""

from __future__ import annotations

from datetime import date, time
from typing import Final

from ezcore.automation.run import Outcome, Task
from ezcore.reports.invariants import broken_invariants
from ezcore.work import Work


def check(work: Work, _on: date, _preview: bool) -> Outcome:  # noqa: FBT001 - as tasks are called
    """What is broken is told as failed, a sentence for each invariant. Only reads, also when it is no preview."""
    with work.read() as uow:
        return Outcome(failed=broken_invariants(uow))


CHECK: Final = Task("books", "Check the books", check, time(4, 30), waits=False)
"""Not held while an old backup is suspected: that is when somebody wants to know."""
