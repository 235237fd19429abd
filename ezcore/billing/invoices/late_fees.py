"""Late fees: what is owed too late costs more, by a debit note of its own; once per invoice and step."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import func, select, update

from ezcore.audit import operations as audit
from ezcore.billing.invoices.models import Invoice, InvoiceKind, InvoiceStatus, LateFee
from ezcore.billing.invoices.operations.issue import issue
from ezcore.billing.invoices.rules import LineDraft
from ezcore.billing.taxes.rules import UNTAXED, half_up
from ezcore.db.once import insert_once
from ezcore.kernel.money import Money
from ezcore.settings import Dunning, read_amounts
from ezcore.work import UnitOfWork

WHOLE = 1_000_000


def fee_of(due: Money, dunning: Dunning) -> Money:
    """The fee for an open balance: a percentage of it (half up), and a fixed amount of its currency."""
    fixed = read_amounts(dunning.late_fee_fixed).get(due.currency, Money.zero(due.currency))
    return Money(half_up(due.minor * dunning.late_fee_ppm, WHOLE), due.currency) + fixed


def step_on(due_on: date, on: date, dunning: Dunning) -> int:
    """How many late fees an invoice has come to by this day: the first after the grace, then every so many days."""
    late = (on - due_on).days - dunning.late_fee_after_days
    if late < 0:
        return 0
    if not dunning.late_fee_every_days:
        return 1
    return min(1 + late // dunning.late_fee_every_days, dunning.late_fee_times)


def candidates(uow: UnitOfWork, on: date) -> list[tuple[int, int]]:
    """Invoices that come to one more late fee on this day, with its number; days that were missed cost one fee.

    Debit notes (late fees themselves are such), proformas and added funds cost none; nor does what is disputed.
    """
    dunning = uow.settings.dunning
    if not dunning.late_fee_ppm and not dunning.late_fee_fixed:
        return []
    taken = (
        select(LateFee.invoice_id, func.max(LateFee.nth).label("nth")).group_by(LateFee.invoice_id).subquery()
    )
    query = (
        select(Invoice, func.coalesce(taken.c.nth, 0))
        .outerjoin(taken, taken.c.invoice_id == Invoice.id)
        .where(
            Invoice.status == InvoiceStatus.UNPAID,
            Invoice.kind == InvoiceKind.INVOICE,
            Invoice.disputed_at.is_(None),
            Invoice.due_on <= on - timedelta(days=dunning.late_fee_after_days),
        )
        .order_by(Invoice.id)
    )
    found = []
    for invoice, last in uow.session.execute(query):
        step = step_on(invoice.due_on, on, dunning)
        if step > last and fee_of(invoice.balance_due, dunning).is_positive:
            found.append((invoice.id, step))
    return found


def charge(uow: UnitOfWork, invoice_id: int, nth: int) -> Invoice | None:
    """Issue the debit note of the nth late fee; None when it was charged, or the invoice paid, meanwhile."""
    invoice = uow.session.get_one(Invoice, invoice_id, with_for_update=True)
    fee = fee_of(invoice.balance_due, uow.settings.dunning)
    if invoice.status != InvoiceStatus.UNPAID or any(line.kind == "funds" for line in invoice.lines):
        return None
    row = {"invoice_id": invoice.id, "nth": nth, "at": uow.now()}
    if not fee.is_positive or insert_once(uow.session, LateFee, row, returning="invoice_id") is None:
        return None
    facts = {
        "invoice": invoice.number,
        "open_minor": invoice.balance_due.minor,
        "late_days": (uow.today() - invoice.due_on).days,
        "percent_ppm": uow.settings.dunning.late_fee_ppm,
    }
    line = LineDraft(
        f"Late fee for invoice {invoice.number}", fee, kind="late_fee", tax_class=UNTAXED, explain=facts
    )
    due_on = uow.today() + timedelta(days=uow.settings.billing.due_days)
    note = issue(uow, invoice.client_id, invoice.currency, [line], due_on=due_on, kind=InvoiceKind.DEBIT_NOTE)
    mine = (LateFee.invoice_id == invoice.id, LateFee.nth == nth)
    uow.session.execute(update(LateFee).where(*mine).values(fee_invoice_id=note.id))
    after = {"number": note.number, "fee": str(fee), "nth": nth}
    audit.record(uow, "invoice.late_fee", "invoice", invoice.id, client_id=invoice.client_id, after=after)
    return note
