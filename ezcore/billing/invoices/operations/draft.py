"""Invoices and debit notes that staff write by hand: a draft that can be changed, then issued or thrown away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import delete

from ezcore.audit import operations as audit
from ezcore.billing.invoices.models import Invoice, InvoiceKind, InvoiceLine, InvoiceStatus, InvoiceTax
from ezcore.billing.invoices.operations.issue import complete, fill
from ezcore.billing.invoices.rules import LineDraft
from ezcore.kernel.errors import InvalidInput, Refused
from ezcore.kernel.money import Money
from ezcore.work import UnitOfWork

LONGEST_NOTE = 2000


def save_draft(
    uow: UnitOfWork,
    client_id: int,
    currency: str,
    drafts: Sequence[LineDraft],
    *,
    due_on: date,
    kind: InvoiceKind = InvoiceKind.INVOICE,
    note: str = "",
    replaces: Invoice | None = None,
    draft: Invoice | None = None,
) -> Invoice:
    """Write a draft, or write it anew: nothing is owed, no number is taken, no journal is posted.

    Each line keeps the price as it was typed among its facts, so that a draft taxed again tomorrow starts from the
    same price. Raises: NotAllowed; Refused (issued meanwhile, negative total); InvalidInput (no line).
    """
    uow.actor.require("billing.manage")
    if not drafts:
        raise InvalidInput("write at least one line", field="line-0-description")
    invoice = draft or Invoice(
        client_id=client_id,
        created_at=uow.now(),
        status=InvoiceStatus.DRAFT,
        paid_minor=0,
        credited_minor=0,
        written_off_minor=0,
        hash_version=2,
    )
    if draft is not None:
        _lock(uow, draft)
    invoice.currency, invoice.due_on, invoice.kind = currency, due_on, kind
    invoice.notes = [{"title": "Note", "text": note[:LONGEST_NOTE]}] if note.strip() else []
    invoice.replaces_id = replaces.id if replaces else invoice.replaces_id
    _write(uow, invoice, drafts)
    audit.record(
        uow,
        "invoice.draft",
        "invoice",
        invoice.id,
        client_id=client_id,
        after={"total": str(invoice.total), "kind": str(kind)},
    )
    return invoice


def issue_draft(uow: UnitOfWork, invoice: Invoice) -> Invoice:
    """Issue a draft: taxed as the client is taxed today, numbered, owed from now on. Clicked twice, issued once.

    Emits: InvoiceIssued. Raises: NotAllowed; Refused when it is no draft any more; InvalidInput(field="due_on").
    """
    uow.actor.require("billing.manage")
    _lock(uow, invoice)
    if invoice.due_on < uow.today():
        raise InvalidInput("the due date has passed", field="due_on")
    notes = list(invoice.notes)
    _write(uow, invoice, drafts_of(invoice, inclusive=uow.settings.tax.inclusive))
    return complete(uow, invoice, notes)


def discard(uow: UnitOfWork, invoice: Invoice) -> None:
    """Throw a draft away; it never had a number. Raises: NotAllowed; Refused when it is no draft any more."""
    uow.actor.require("billing.manage")
    _lock(uow, invoice)
    _erase_lines(uow, invoice)
    after = {"total": str(invoice.total)}
    audit.record(uow, "invoice.discard", "invoice", invoice.id, client_id=invoice.client_id, after=after)
    uow.session.execute(delete(Invoice).where(Invoice.id == invoice.id, Invoice.number.is_(None)))
    uow.session.expunge(invoice)


def duplicate(uow: UnitOfWork, invoice: Invoice, due_on: date) -> Invoice:
    """A draft with the same lines, without periods: it bills nothing that was billed already. Raises: NotAllowed."""
    lines = drafts_of(invoice, inclusive=uow.settings.tax.inclusive)
    kind = InvoiceKind.DEBIT_NOTE if invoice.kind == InvoiceKind.DEBIT_NOTE else InvoiceKind.INVOICE
    return save_draft(uow, invoice.client_id, invoice.currency, lines, due_on=due_on, kind=kind)


def drafts_of(invoice: Invoice, *, inclusive: bool) -> list[LineDraft]:
    """The lines as they were typed; lines that nobody typed at their price, with tax where prices include it."""
    found = []
    for line in invoice.lines:
        one = line.gross if inclusive and line.quantity == 1 else line.unit
        each = Money(line.explain.get("each_minor", one.minor), line.currency)
        found.append(item(line.description, each, line.quantity, line.tax_class, line.detail))
    return found


def item(
    description: str, each: Money, quantity: int = 1, tax_class: str = "standard", detail: str = ""
) -> LineDraft:
    """A line of something sold by hand, with the facts of its amount."""
    facts = {"quantity": quantity, "each_minor": each.minor}
    return LineDraft(description, each, detail, quantity, tax_class=tax_class, kind="item", explain=facts)


def _lock(uow: UnitOfWork, invoice: Invoice) -> None:
    uow.session.refresh(invoice, with_for_update=True)
    if invoice.status != InvoiceStatus.DRAFT:
        raise Refused(f"invoice {invoice.number} is issued and cannot be changed; write a credit note")


def _write(uow: UnitOfWork, invoice: Invoice, drafts: Sequence[LineDraft]) -> None:
    if invoice.id is not None:
        _erase_lines(uow, invoice)
    assembled = fill(uow, invoice, drafts)
    uow.session.add(invoice)
    uow.session.flush()
    for values in assembled.lines:
        uow.session.add(InvoiceLine(invoice_id=invoice.id, **values))
    for values in assembled.taxes:
        uow.session.add(InvoiceTax(invoice_id=invoice.id, **values))
    uow.session.flush()
    uow.session.refresh(invoice)


def _erase_lines(uow: UnitOfWork, invoice: Invoice) -> None:
    for line in [*invoice.lines, *invoice.taxes]:
        uow.session.delete(line)
    uow.session.flush()
    uow.session.expire(invoice, ["lines", "taxes"])
