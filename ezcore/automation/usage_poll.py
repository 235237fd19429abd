"""Reads what services used from servers that count it, once an hour."""

from __future__ import annotations

from datetime import date

from ezcore.automation.run import Outcome
from ezcore.services.usage import reading
from ezcore.work import Work


def run(work: Work, _on: date, preview: bool) -> Outcome:
    """Queue one reading per server and hour, however often this is called."""
    outcome = Outcome()
    if not preview:
        with work.write() as uow:
            if asked := reading.ask_servers(uow):
                outcome.lines.append(f"asked {asked} servers")
    return outcome
