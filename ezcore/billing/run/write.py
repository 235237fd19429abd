"""Issue many invoices in one transaction: few reads, pure arithmetic, bulk statements, and the numbers last.

The rows are those of `invoices.operations.issue`, column by column (a test compares them). A series is locked from the
moment its numbers are taken until the commit, so everything that needs no number is written before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from ezcore.accounts import queries as accounts
from ezcore.audit import operations as audit
from ezcore.billing import numbers
from ezcore.billing.invoices import operations as invoices
from ezcore.billing.invoices import rules
from ezcore.billing.invoices.events import InvoiceIssued
from ezcore.billing.invoices.models import Invoice, InvoiceKind, InvoiceLine, InvoiceStatus, InvoiceTax
from ezcore.billing.invoices.operations.issue import postings, seller
from ezcore.billing.invoices.rules import Assembled
from ezcore.billing.ledger import operations as ledger
from ezcore.billing.run.rows import INVOICE, LINE, NUMBERED, TAX, Bill, Issued, Sheet
from ezcore.billing.taxes import queries as taxes
from ezcore.billing.taxes.rules import TaxCase
from ezcore.db.bulk import dumped, insert_rows, reserve_ids, update_rows
from ezcore.kernel.errors import NotFound, Refused
from ezcore.plugin_api.values import ClientFacts, InvoiceDraft
from ezcore.work import UnitOfWork


def issue_many(
    uow: UnitOfWork, bills: Sequence[Bill], *, kind: InvoiceKind = InvoiceKind.INVOICE
) -> list[Issued]:
    """Make and issue these invoices, taxed as their clients are taxed today; gives them in the same order.

    All or none: whoever calls this parks the one that cannot be billed and asks again for the others.
    Emits: InvoiceIssued, and InvoicePaid where nothing is owed. Raises: Refused for a negative total; NoTaxRate;
    PluginFailed; IntegrityError when a period is billed already.
    """
    if not bills:
        return []
    today = uow.today()
    parties = _Parties(uow, {bill.client_id for bill in bills}, today)
    sheets = _sheets(uow, bills, kind, parties, today)
    _notes(uow, sheets, parties)
    _write(uow, sheets, parties)
    if kind != InvoiceKind.PROFORMA:
        _post(uow, sheets, today)
    issued = _number(uow, sheets, kind, today)
    _tell(uow, issued)
    for one in issued:
        if one.total.is_zero:
            invoices.close(uow, uow.session.get_one(Invoice, one.invoice_id))
    return issued


def estimate_many(uow: UnitOfWork, bills: Sequence[Bill]) -> list[Assembled]:
    """What these invoices would amount to today, taxes included; nothing is written. Raises: NoTaxRate; NotFound."""
    if not bills:
        return []
    cases = taxes.cases(uow, {bill.client_id for bill in bills}, uow.today())
    return [rules.assemble(bill.lines, cases[bill.client_id], bill.currency) for bill in bills]


class _Parties:
    """Who the bills are for and who sends them, read once; what is stored as JSON is turned into it once."""

    def __init__(self, uow: UnitOfWork, client_ids: set[int], today: date) -> None:
        rows = accounts.parties(uow, client_ids)
        if len(rows) != len(client_ids):
            raise NotFound("There is no such client")
        self.cases: dict[int, TaxCase] = taxes.cases_of(
            uow, {row.id: taxes.buyer_of(row) for row in rows}, today
        )
        self.facts: dict[int, ClientFacts] = {row.id: accounts.facts_of(row) for row in rows}
        self.buyers = {row.id: accounts.address_of(row) for row in rows}
        self.seller = seller(uow)
        self.seller_dumped = dumped(self.seller)


def _sheets(
    uow: UnitOfWork, bills: Sequence[Bill], kind: InvoiceKind, parties: _Parties, today: date
) -> list[Sheet]:
    sheets = []
    for bill, invoice_id in zip(bills, reserve_ids(uow.session, Invoice, len(bills)), strict=True):
        case = parties.cases[bill.client_id]
        assembled = rules.assemble(bill.lines, case, bill.currency)
        if assembled.total.is_negative:
            raise Refused("an invoice cannot be negative; give a credit note or credit instead")
        head = {
            "kind": str(kind),
            "currency": bill.currency,
            "issued_on": today,
            "due_on": bill.due_on,
            "tax_point": today,
            "tax_treatment": str(case.treatment),
            "tax_note": case.note,
            "net_minor": assembled.net.minor,
            "tax_minor": assembled.tax.minor,
            "total_minor": assembled.total.minor,
            "buyer": parties.buyers[bill.client_id],
            "seller": parties.seller,
        }
        sheets.append(Sheet(bill, invoice_id, assembled, head))
    return sheets


def _notes(uow: UnitOfWork, sheets: Sequence[Sheet], parties: _Parties) -> None:
    drafts = [
        InvoiceDraft(
            client=parties.facts[sheet.bill.client_id],
            currency=sheet.bill.currency,
            total=sheet.assembled.total,
            due_on=sheet.bill.due_on,
            lines=tuple(line["description"] for line in sheet.assembled.lines),
        )
        for sheet in sheets
    ]
    for sheet, notes in zip(sheets, uow.hooks.adjust_invoice_notes(drafts), strict=True):
        sheet.notes = sheet.head["notes"] = [note.model_dump() for note in notes]


def _write(uow: UnitOfWork, sheets: Sequence[Sheet], parties: _Parties) -> None:
    now = uow.now()

    def invoice(sheet: Sheet) -> tuple[Any, ...]:
        head, client = sheet.head, sheet.bill.client_id
        return (
            sheet.id, head["kind"], client, InvoiceStatus.DRAFT.value, head["currency"], head["net_minor"],
            head["tax_minor"], head["total_minor"], 0, 0, 0, head["issued_on"], head["due_on"], head["tax_point"],
            head["tax_treatment"], head["tax_note"], dumped(head["buyer"]), parties.seller_dumped,
            dumped(sheet.notes), 2, now,
        )  # fmt: skip

    session = uow.session
    insert_rows(session, Invoice, INVOICE, map(invoice, sheets))
    insert_rows(session, InvoiceLine, ("invoice_id", *LINE), _parts(sheets, "lines", LINE))
    insert_rows(session, InvoiceTax, ("invoice_id", *TAX), _parts(sheets, "taxes", TAX))


def _parts(sheets: Sequence[Sheet], which: str, names: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    for sheet in sheets:
        for values in getattr(sheet.assembled, which):
            yield (sheet.id, *[values[name] for name in names])


def _post(uow: UnitOfWork, sheets: Sequence[Sheet], today: date) -> None:
    journals = [
        (
            f"invoice:{sheet.id}",
            postings(sheet.bill.client_id, sheet.assembled.total, sheet.assembled.tax, sheet.assembled.lines),
        )
        for sheet in sheets
    ]
    ledger.post_new(uow, "invoice", today, journals)


def _number(uow: UnitOfWork, sheets: Sequence[Sheet], kind: InvoiceKind, today: date) -> list[Issued]:
    series, first = numbers.take(uow, kind, today, len(sheets))
    issued, rows = [], []
    for sequence, sheet in enumerate(sheets, first):
        number = numbers.printed(uow, kind, sequence, today)
        head = {**sheet.head, "number": number, "series": series}
        digest = rules.content_hash(head, sheet.assembled.lines, sheet.assembled.taxes)
        rows.append((sheet.id, number, series, sequence, InvoiceStatus.UNPAID.value, digest))
        bill = sheet.bill
        issued.append(Issued(sheet.id, bill.client_id, number, sheet.assembled.total, bill.due_on))
    update_rows(uow.session, Invoice, "id", NUMBERED, rows)
    return issued


def _tell(uow: UnitOfWork, issued: Sequence[Issued]) -> None:
    before = {"status": str(InvoiceStatus.DRAFT)}
    unpaid = str(InvoiceStatus.UNPAID)
    changes = [
        audit.Change(one.invoice_id, one.client_id, before, {"status": unpaid, "number": one.number})
        for one in issued
    ]
    audit.record_many(uow, "invoice.issue", "invoice", changes)
    uow.emit_many(
        [InvoiceIssued(one.invoice_id, one.client_id, one.number, one.total, one.due_on) for one in issued]
    )
