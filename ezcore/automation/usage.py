"""Bills what was used in periods that are over: one invoice per client and currency."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import groupby

from ezcore.automation.run import Outcome
from ezcore.billing.invoices import operations as invoices
from ezcore.services.usage import operations as usage
from ezcore.services.usage.operations import Ended
from ezcore.work import UnitOfWork, Work

# Reports of the last day may still be on their way when it ends.
PATIENCE = timedelta(days=1)


def run(work: Work, on: date, preview: bool) -> Outcome:
    """Bill each metric of each period that ended a day ago or earlier, once. Safe to run twice."""
    outcome = Outcome()
    with work.read() as uow:
        waiting = usage.ended(uow, on - PATIENCE)
    for (client_id, currency), group in groupby(
        waiting, key=lambda one: (one.service.client_id, one.service.currency)
    ):
        of_client = list(group)
        if preview:
            outcome.lines.append(f"would bill {len(of_client)} metrics of client {client_id}")
            continue
        with outcome.apart(f"client {client_id}"), work.write() as uow:
            _bill(uow, client_id, currency, of_client, outcome)
    return outcome


def _bill(uow: UnitOfWork, client_id: int, currency: str, waiting: list[Ended], outcome: Outcome) -> None:
    billed = [found for one in waiting if (found := usage.bill(uow, one)) is not None]
    lines = [line for _, line in billed if line is not None]
    if not lines:
        return
    due = uow.today() + timedelta(days=uow.settings.billing.due_days)
    invoice = invoices.issue(uow, client_id, currency, lines, due_on=due)
    for row, line in billed:
        row.invoice_id = invoice.id if line is not None else None
    outcome.lines.append(f"invoice {invoice.number}: usage, {invoice.total}")
