"""Looks at running services by turns, so that pages show what is true without asking anybody."""

from __future__ import annotations

from datetime import date

from ezcore.automation.run import Outcome
from ezcore.services.looks import operations as looks
from ezcore.work import Work


def run(work: Work, _on: date, preview: bool) -> Outcome:
    """Queue looks at the services whose turn has come, a slice per call. Safe to run at any time."""
    outcome = Outcome()
    if not preview:
        with work.write() as uow:
            if asked := looks.ask_due(uow):
                outcome.lines.append(f"asked for looks at {asked} services")
    return outcome
