"""Quotes that nobody answered in time expire; items that are billed by hand go out on their day."""

from __future__ import annotations

from datetime import date

from ezcore.automation.run import Outcome
from ezcore.billing.billable import operations as billable
from ezcore.billing.billable import queries as billable_queries
from ezcore.billing.quotes import operations as quotes
from ezcore.billing.quotes import queries as quote_queries
from ezcore.work import Work


def expire(work: Work, on: date, preview: bool) -> Outcome:
    """Sent quotes whose last day is over can no longer be accepted."""
    outcome = Outcome()
    with work.read() as uow:
        due = quote_queries.past(uow, on)
    for quote in due:
        if preview:
            outcome.lines.append(f"would expire quote {quote.number}")
            continue
        with work.write() as uow:
            if quotes.expire(uow, quote.id):
                outcome.lines.append(f"quote {quote.number} expired")
    return outcome


def bill_items(work: Work, on: date, preview: bool) -> Outcome:
    """Invoice billable items whose day has come and that no renewal took along; one invoice per client and currency."""
    outcome = Outcome()
    with work.read() as uow:
        clients = billable_queries.clients_due(uow, on)
        if preview:
            for client_id, lines in billable_queries.lines_due(uow, clients, on).items():
                outcome.lines.extend(
                    f"would invoice client {client_id}: {line.description}" for line in lines
                )
            return outcome
    for client_id in clients:
        with outcome.apart(f"client {client_id}"), work.write() as uow:
            for invoice in billable.invoice_due(uow, client_id, on):
                outcome.lines.append(f"invoice {invoice.number}: {invoice.total}")
    return outcome
