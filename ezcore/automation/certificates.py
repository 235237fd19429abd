"""Renews certificates after two thirds of their life, and tells of those whose renewal does not succeed."""

from __future__ import annotations

from datetime import date
from typing import Final

from ezcore.automation.run import Outcome
from ezcore.domain_names.certificates import operations, queries
from ezcore.domain_names.certificates.jobs import RENEW
from ezcore.domain_names.certificates.models import Certificate
from ezcore.work import Work

SLICE: Final = 500


def renew(work: Work, on: date, preview: bool) -> Outcome:  # noqa: ARG001 - certificates live by the clock, not by dates
    """Queue a renewal for each whose time has come, the next to expire first, at most a slice per run."""
    outcome = Outcome()
    with work.read() as uow:
        ids = queries.to_renew(uow, uow.now(), SLICE)
    for number in ids:
        with outcome.apart(f"certificate {number}"), work.read() if preview else work.write() as uow:
            row = uow.session.get_one(Certificate, number)
            if not preview:
                operations.renew(uow, row, RENEW, "it is time")
            outcome.did(f"{row.names[0]} until {row.not_after:%Y-%m-%d}", "certificate", number)
    return outcome


def watch(work: Work, on: date, preview: bool) -> Outcome:  # noqa: ARG001 - as above
    """Seven days before the end: a mail to the client and a question to staff, once per certificate issued."""
    outcome = Outcome()
    with work.read() as uow:
        ids = queries.to_warn(uow, uow.now(), SLICE)
    for number in ids:
        with outcome.apart(f"certificate {number}"), work.read() if preview else work.write() as uow:
            row = uow.session.get_one(Certificate, number)
            if not preview:
                operations.warn(uow, row)
            outcome.did(f"{row.names[0]} expires {row.not_after:%Y-%m-%d}", "certificate", number)
    return outcome
