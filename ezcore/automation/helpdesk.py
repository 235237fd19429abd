"""Looks for what changed at the help desk, as an automation task: every five minutes, beside its webhooks."""

from __future__ import annotations

from datetime import date

from ezcore.automation.run import Outcome
from ezcore.support.helpdesk import polling
from ezcore.work import Work


def run(work: Work, _on: date, preview: bool) -> Outcome:
    """Queue a look, where the settings name a help desk. Safe to run at any time."""
    outcome = Outcome()
    if not preview:
        with work.write() as uow:
            if polling.ask(uow):
                outcome.lines.append("asked")
    return outcome
