"""Charges late fees for what is overdue for too long."""

from __future__ import annotations

from datetime import date

from ezcore.automation.run import Outcome
from ezcore.billing.invoices import late_fees
from ezcore.billing.invoices.models import Invoice
from ezcore.work import Work


def run(work: Work, on: date, preview: bool) -> Outcome:
    """One debit note per invoice and step; safe to run twice. Off unless a fee is set (`ez.dunning.late_fee_*`)."""
    outcome = Outcome()
    with work.read() as uow:
        due = late_fees.candidates(uow, on)
        if preview:
            for invoice_id, nth in due:
                invoice = uow.session.get_one(Invoice, invoice_id)
                fee = late_fees.fee_of(invoice.balance_due, uow.settings.dunning)
                outcome.lines.append(f"would charge late fee {nth} of {fee} for invoice {invoice.number}")
            return outcome
    for invoice_id, nth in due:
        with outcome.apart(f"invoice {invoice_id}"), work.write() as uow:
            note = late_fees.charge(uow, invoice_id, nth)
            if note is not None:
                number = uow.session.get_one(Invoice, invoice_id).number
                outcome.lines.append(
                    f"debit note {note.number}: late fee {nth} for invoice {number}, {note.total}"
                )
    return outcome
