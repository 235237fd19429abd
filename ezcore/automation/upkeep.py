"""Upkeep: seal the audit trail, throw away what has served."""

from __future__ import annotations

from datetime import date

from ezcore.accounts.housekeeping import keep_house as accounts_house
from ezcore.audit.sealer import seal_next
from ezcore.automation.run import Outcome
from ezcore.jobs.housekeeping import keep_house
from ezcore.work import Work


def seal(work: Work, _on: date, preview: bool) -> Outcome:
    """Seal audit rows that have settled."""
    outcome = Outcome()
    if not preview:
        with work.write() as uow:
            if rows := seal_next(uow):
                outcome.lines.append(f"sealed {rows} audit rows")
    return outcome


def tidy(work: Work, _on: date, preview: bool) -> Outcome:
    """Delete by age."""
    outcome = Outcome()
    if not preview:
        with work.write() as uow:
            thrown = keep_house(uow) | accounts_house(uow)
            outcome.lines.extend(f"{count} {name}" for name, count in thrown.items() if count)
    return outcome
