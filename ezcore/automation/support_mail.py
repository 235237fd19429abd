"""Reads the mailboxes of the support desk, as an automation task: every minute one look at each."""

from __future__ import annotations

from datetime import date

from ezcore.automation.run import Outcome
from ezcore.support.mail import polling
from ezcore.work import Work


def run(work: Work, _on: date, preview: bool) -> Outcome:
    """Queue a look at every mailbox that nobody looks at yet. Safe to run at any time."""
    outcome = Outcome()
    if not preview:
        with work.write() as uow:
            if asked := polling.ask_all(uow):
                outcome.lines.append(f"asked for looks at {asked} mailboxes")
    return outcome
