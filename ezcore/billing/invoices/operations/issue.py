"""Issue an invoice: lines with taxes, notes of plugins, journal, and last of all its gapless number."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from ezcore.accounts import queries as accounts
from ezcore.audit import operations as audit
from ezcore.billing import numbers
from ezcore.billing.invoices import rules
from ezcore.billing.invoices.events import InvoiceFinalized, InvoiceIssued
from ezcore.billing.invoices.models import Invoice, InvoiceKind, InvoiceLine, InvoiceStatus, InvoiceTax
from ezcore.billing.invoices.operations.settle import close
from ezcore.billing.invoices.rules import Assembled, LineDraft
from ezcore.billing.ledger import operations as ledger
from ezcore.billing.taxes import queries as taxes
from ezcore.kernel.errors import Refused
from ezcore.kernel.money import Money
from ezcore.plugin_api.values import InvoiceDraft
from ezcore.work import UnitOfWork

# Lines that are no revenue go to accounts of their own.
ACCOUNTS = {"late_fee": ledger.LATE_FEES, "funds": ledger.FUNDS_PENDING}


def issue(
    uow: UnitOfWork,
    client_id: int,
    currency: str,
    drafts: Sequence[LineDraft],
    *,
    due_on: date,
    kind: InvoiceKind | None = None,
) -> Invoice:
    """Make and issue an invoice, taxed as the client is taxed today. A total of zero is paid at once.

    Without a kind it is what the shop sends by its settings: an invoice, or a proforma. A proforma owes nothing in the
    books: it becomes an invoice (`finalize`) when its first money arrives.
    Emits: InvoiceIssued, and InvoicePaid when nothing is owed.
    Raises: Refused for a negative total (that is a credit note); IntegrityError when a period is billed already.
    """
    invoice = Invoice(
        client_id=client_id,
        currency=currency,
        due_on=due_on,
        created_at=uow.now(),
        status=InvoiceStatus.DRAFT,
        paid_minor=0,
        credited_minor=0,
        written_off_minor=0,
        hash_version=2,
    )
    assembled = fill(uow, invoice, drafts)
    invoice.kind = kind or usual_kind(uow, assembled.total)
    invoice.lines = [InvoiceLine(**values) for values in assembled.lines]
    invoice.taxes = [InvoiceTax(**values) for values in assembled.taxes]
    return complete(uow, invoice)


def usual_kind(uow: UnitOfWork, total: Money) -> InvoiceKind:
    """What the shop sends: where it asks by proforma, only for what costs something."""
    asks = uow.settings.billing.proforma and total.is_positive
    return InvoiceKind.PROFORMA if asks else InvoiceKind.INVOICE


def fill(uow: UnitOfWork, invoice: Invoice, drafts: Sequence[LineDraft]) -> Assembled:
    """Everything of an invoice that is decided today: taxes, sums, parties, dates. The caller stores the lines.

    Raises: Refused for a negative total; NoTaxRate; CurrencyMismatch.
    """
    today = uow.today()
    case = taxes.cases(uow, [invoice.client_id], today)[invoice.client_id]
    assembled = rules.assemble(drafts, case, invoice.currency)
    if assembled.total.is_negative:
        raise Refused("an invoice cannot be negative; give a credit note or credit instead")
    invoice.net_minor, invoice.tax_minor = assembled.net.minor, assembled.tax.minor
    invoice.total_minor = assembled.total.minor
    invoice.tax_treatment, invoice.tax_note = str(case.treatment), case.note
    invoice.issued_on = invoice.tax_point = today
    invoice.buyer, invoice.seller = accounts.billing_address(uow, invoice.client_id), seller(uow)
    return assembled


def complete(uow: UnitOfWork, invoice: Invoice, own_notes: Sequence[dict[str, str]] = ()) -> Invoice:
    """Issue what is filled in: notes of plugins, journal, number, and the news. Emits: as `issue`."""
    _notes(uow, invoice, own_notes)
    uow.session.add(invoice)
    uow.session.flush()
    if invoice.kind != InvoiceKind.PROFORMA:
        post(uow, invoice, [_posted(line) for line in invoice.lines])
    _number(uow, invoice, uow.today())
    uow.emit(
        InvoiceIssued(invoice.id, invoice.client_id, invoice.number or "", invoice.total, invoice.due_on)
    )
    if invoice.total.is_zero:
        close(uow, invoice)
    return invoice


def finalize(uow: UnitOfWork, invoice: Invoice) -> None:
    """An unpaid proforma becomes an invoice, today, with a number of that series; anything else stays what it is.

    Called when money is about to be applied. Money that comes for a proforma that was cancelled is the client's credit.
    Emits: InvoiceFinalized.
    """
    uow.session.refresh(invoice, with_for_update=True)
    if invoice.kind != InvoiceKind.PROFORMA or invoice.status != InvoiceStatus.UNPAID:
        return
    # Without a number until it gets its own: an invoice with one is frozen by the database.
    invoice.proforma_number, invoice.number, invoice.kind = invoice.number, None, InvoiceKind.INVOICE
    invoice.issued_on = invoice.tax_point = uow.today()
    post(uow, invoice, [_posted(line) for line in invoice.lines])
    _number(uow, invoice, uow.today())
    uow.emit(
        InvoiceFinalized(
            invoice.id, invoice.client_id, invoice.number or "", invoice.proforma_number or "", invoice.total
        )
    )


def post(uow: UnitOfWork, invoice: Invoice, lines: Sequence[dict[str, object]]) -> None:
    """The journal of an issue: the client owes the total; revenue and tax are ours and the state's."""
    ledger.post(
        uow,
        f"invoice:{invoice.id}",
        "invoice",
        uow.today(),
        postings(invoice.client_id, invoice.total, invoice.tax, lines),
    )


def postings(
    client_id: int, total: Money, tax: Money, lines: Sequence[dict[str, object]]
) -> list[ledger.Posting]:
    """What an issued invoice posts, pure: one entry per account."""
    sums: dict[str, int] = {}
    for line in lines:
        account = ACCOUNTS.get(str(line["kind"]), ledger.REVENUE)
        sums[account] = sums.get(account, 0) + int(str(line["amount_minor"]))
    of_client = {ledger.FUNDS_PENDING: client_id}
    earned = [
        ledger.Posting(account, Money(-minor, total.currency), of_client.get(account))
        for account, minor in sums.items()
    ]
    return [
        ledger.Posting(ledger.RECEIVABLE, total, client_id),
        *earned,
        ledger.Posting(ledger.TAX_PAYABLE, -tax),
    ]


def seller(uow: UnitOfWork) -> dict[str, str]:
    """Who issues, as it is copied into documents."""
    shop = uow.settings.shop
    return {
        "name": shop.company,
        "address": shop.address,
        "country": uow.settings.tax.seller_country,
        "tax_number": uow.settings.tax.seller_tax_number,
    }


def _posted(line: InvoiceLine) -> dict[str, object]:
    return {"kind": line.kind, "amount_minor": line.amount_minor}


def _notes(uow: UnitOfWork, invoice: Invoice, own: Sequence[dict[str, str]]) -> None:
    draft = InvoiceDraft(
        client=accounts.client_facts(uow, invoice.client_id),
        currency=invoice.currency,
        total=invoice.total,
        due_on=invoice.due_on,
        lines=tuple(line.description for line in invoice.lines),
    )
    [notes] = uow.hooks.adjust_invoice_notes([draft])
    invoice.notes = [*own, *(note.model_dump() for note in notes)]


def _number(uow: UnitOfWork, invoice: Invoice, today: date) -> None:
    before = invoice.status
    uow.session.flush()
    with uow.session.no_autoflush:  # number and hash reach the database together: what has a number is frozen
        invoice.series, invoice.sequence = numbers.take(uow, invoice.kind, today)
        invoice.number = numbers.printed(uow, invoice.kind, invoice.sequence, today)
        invoice.status = InvoiceStatus.UNPAID
        invoice.content_hash = rules.stored_hash(invoice)
    uow.session.flush()
    audit.record(
        uow,
        "invoice.issue",
        "invoice",
        invoice.id,
        client_id=invoice.client_id,
        before={"status": str(before)},
        after={"status": str(invoice.status), "number": invoice.number},
    )
