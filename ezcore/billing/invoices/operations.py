"""Verbs of invoices: issue, apply money, cancel."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import case, update

from ezcore.accounts import queries as accounts
from ezcore.audit import operations as audit
from ezcore.billing.invoices import rules
from ezcore.billing.invoices.events import InvoiceCancelled, InvoiceIssued, InvoicePaid
from ezcore.billing.invoices.models import Invoice, InvoiceSeries, InvoiceStatus
from ezcore.billing.invoices.rules import LineDraft
from ezcore.billing.ledger import operations as ledger
from ezcore.db.once import insert_once
from ezcore.kernel.errors import Refused
from ezcore.kernel.money import Money
from ezcore.plugin_api.values import InvoiceDraft
from ezcore.work import UnitOfWork

SERIES = "default"


def issue(
    uow: UnitOfWork, client_id: int, currency: str, drafts: Sequence[LineDraft], *, due_on: date
) -> Invoice:
    """Make and issue an invoice: lines, notes of plugins, journal, and last of all its gapless number.

    A total of zero is paid at once. Emits: InvoiceIssued, and InvoicePaid when nothing is owed.
    Raises: IntegrityError when a period of a service is billed already.
    """
    lines = [rules.line_from(draft, position) for position, draft in enumerate(drafts)]
    total = rules.total_of(lines, currency)
    today = uow.today()
    client = accounts.client_facts(uow, client_id)
    invoice = Invoice(
        client_id=client_id,
        currency=currency,
        total_minor=total.minor,
        due_on=due_on,
        issued_on=today,
        created_at=uow.now(),
        lines=lines,
        buyer=accounts.billing_address(uow, client_id),
        seller=_seller(uow),
        status=InvoiceStatus.DRAFT,
        paid_minor=0,
    )
    draft = InvoiceDraft(
        client=client,
        currency=currency,
        total=total,
        due_on=due_on,
        lines=tuple(line.description for line in lines),
    )
    invoice.notes = [note.model_dump() for note in uow.hooks.adjust_invoice_notes(draft)]
    uow.session.add(invoice)
    uow.session.flush()
    ledger.post(
        uow,
        f"invoice:{invoice.id}",
        "invoice",
        today,
        [ledger.Posting(ledger.RECEIVABLE, total, client_id), ledger.Posting(ledger.REVENUE, -total)],
    )
    _number(uow, invoice, today)
    uow.emit(InvoiceIssued(invoice.id, client_id, invoice.number or "", total, due_on))
    if total.is_zero:
        apply(uow, invoice, Money.zero(currency))
    return invoice


def apply(uow: UnitOfWork, invoice: Invoice, amount: Money) -> Money:
    """Apply money to an unpaid invoice; returns what did not fit (all of it when the invoice is not unpaid).

    One conditional UPDATE decides, so two payments at once never pay it twice. Emits: InvoicePaid, once.
    """
    uow.session.refresh(invoice, with_for_update=True)
    if invoice.status != InvoiceStatus.UNPAID:
        return amount
    applied = min(amount, invoice.balance_due)
    done = Invoice.paid_minor + applied.minor == Invoice.total_minor
    taken = uow.session.execute(
        update(Invoice)
        .where(
            Invoice.id == invoice.id,
            Invoice.status == InvoiceStatus.UNPAID,
            Invoice.paid_minor + applied.minor <= Invoice.total_minor,
        )
        .values(
            paid_minor=Invoice.paid_minor + applied.minor,
            status=case((done, InvoiceStatus.PAID), else_=InvoiceStatus.UNPAID),
            paid_at=case((done, uow.now()), else_=None),
        )
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        return amount
    uow.session.refresh(invoice)
    if invoice.status == InvoiceStatus.PAID:
        _audit(uow, invoice, "invoice.paid", InvoiceStatus.UNPAID)
        uow.emit(InvoicePaid(invoice.id, invoice.client_id, invoice.total))
    return amount - applied


def cancel(uow: UnitOfWork, invoice: Invoice, reason: str) -> None:
    """The invoice is no longer owed; its periods may be billed again. Emits: InvoiceCancelled.

    Raises: Refused when it is not unpaid, or money was applied.
    """
    uow.session.refresh(invoice, with_for_update=True)
    if invoice.status != InvoiceStatus.UNPAID or invoice.paid_minor:
        raise Refused(f"invoice {invoice.number} is {invoice.status} and cannot be cancelled")
    invoice.status = InvoiceStatus.CANCELLED
    for line in invoice.lines:
        line.period_key = None
    total = invoice.total
    ledger.post(
        uow,
        f"invoice:{invoice.id}:cancel",
        "cancellation",
        uow.today(),
        [ledger.Posting(ledger.REVENUE, total), ledger.Posting(ledger.RECEIVABLE, -total, invoice.client_id)],
    )
    _audit(uow, invoice, "invoice.cancel", InvoiceStatus.UNPAID, reason)
    uow.emit(InvoiceCancelled(invoice.id, invoice.client_id))


def _number(uow: UnitOfWork, invoice: Invoice, today: date) -> None:
    invoice.number = rules.print_number(uow.settings.billing.number_format, _next(uow), today)
    invoice.status = InvoiceStatus.UNPAID
    invoice.content_hash = rules.content_hash(invoice)
    uow.session.flush()
    _audit(uow, invoice, "invoice.issue", InvoiceStatus.DRAFT)


def _next(uow: UnitOfWork) -> int:
    take = (
        update(InvoiceSeries)
        .where(InvoiceSeries.name == SERIES)
        .values(last_number=InvoiceSeries.last_number + 1)
        .returning(InvoiceSeries.last_number)
    )
    number = uow.session.execute(take).scalar_one_or_none()
    if number is None:
        _open_series(uow)
        number = uow.session.execute(take).scalar_one()
    return number


def _open_series(uow: UnitOfWork) -> None:
    insert_once(uow.session, InvoiceSeries, {"name": SERIES, "last_number": 0}, returning="name")


def _seller(uow: UnitOfWork) -> dict[str, str]:
    return {"name": uow.settings.shop.company, "address": uow.settings.shop.address}


def _audit(
    uow: UnitOfWork, invoice: Invoice, verb: str, before: InvoiceStatus, reason: str | None = None
) -> None:
    audit.record(
        uow,
        verb,
        "invoice",
        invoice.id,
        client_id=invoice.client_id,
        before={"status": str(before)},
        after={"status": str(invoice.status), "number": invoice.number},
        reason=reason,
    )
