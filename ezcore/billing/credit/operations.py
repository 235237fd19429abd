"""Put credit aside and take it: each posts its journal, and the balance cannot be overdrawn."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, update

from ezcore.audit import operations as audit
from ezcore.billing.credit.models import ClientCredit
from ezcore.billing.invoices import operations as invoices
from ezcore.billing.invoices.events import InvoiceIssued
from ezcore.billing.invoices.models import Invoice, InvoiceStatus, Source
from ezcore.billing.ledger import operations as ledger
from ezcore.db.once import insert_once
from ezcore.kernel.errors import InvalidInput, Refused
from ezcore.kernel.money import Money
from ezcore.work import UnitOfWork


def balance(uow: UnitOfWork, client_id: int, currency: str) -> Money:
    """What the client may spend."""
    row = uow.session.get(ClientCredit, (client_id, currency), populate_existing=True)
    return Money(row.balance_minor if row else 0, currency)


def put(uow: UnitOfWork, client_id: int, amount: Money) -> None:
    """Count credit in. The caller posts the journal that credits `client_credit` by the same amount."""
    if not amount.is_positive:
        return
    key = {"client_id": client_id, "currency": amount.currency}
    insert_once(uow.session, ClientCredit, {**key, "balance_minor": 0}, returning="client_id")
    uow.session.execute(
        update(ClientCredit).filter_by(**key).values(balance_minor=ClientCredit.balance_minor + amount.minor)
    )


def take(uow: UnitOfWork, client_id: int, amount: Money) -> bool:
    """Count credit out, if there is enough: one conditional UPDATE, so twenty at once spend it once (H06).

    The caller posts the journal that debits `client_credit`. False when the balance is too small.
    """
    taken = uow.session.execute(
        update(ClientCredit)
        .where(
            ClientCredit.client_id == client_id,
            ClientCredit.currency == amount.currency,
            ClientCredit.balance_minor >= amount.minor,
        )
        .values(balance_minor=ClientCredit.balance_minor - amount.minor)
    )
    return bool(taken.rowcount)  # type: ignore[attr-defined]


def spend(uow: UnitOfWork, invoice: Invoice, amount: Money) -> None:
    """Pay an invoice, or a part of it, from the client's credit.

    Emits: InvoicePaid when nothing is open any more. Raises: NotAllowed; Refused (not unpaid, not so much credit);
    InvalidInput(field="amount").
    """
    own = uow.actor.kind == "client" and uow.actor.client_id == invoice.client_id
    uow.actor.require("client.billing" if own else "billing.manage")
    uow.session.refresh(invoice, with_for_update=True)
    if invoice.status != InvoiceStatus.UNPAID:
        raise Refused(f"invoice {invoice.number} is {invoice.status}")
    if buys_credit(invoice):
        raise Refused("credit does not buy credit")
    if amount.currency != invoice.currency:
        raise InvalidInput(f"the invoice is in {invoice.currency}", field="amount")
    if not amount.is_positive or amount > invoice.balance_due:
        raise InvalidInput(f"between {Money(1, amount.currency)} and {invoice.balance_due}", field="amount")
    if not take(uow, invoice.client_id, amount):
        raise Refused("there is not so much credit")
    invoices.finalize(uow, invoice)
    key = f"credit:{uow.ids.key('spend')}"
    client = invoice.client_id
    sides = [
        ledger.Posting(ledger.CLIENT_CREDIT, amount, client),
        ledger.Posting(ledger.RECEIVABLE, -amount, client),
    ]
    ledger.post(uow, key, "credit_applied", uow.today(), sides)
    if invoices.apply(uow, invoice, amount, source=Source.CREDIT, journal_key=key).is_positive:
        raise Refused(f"invoice {invoice.number} was paid meanwhile")
    after = {"amount": str(amount), "number": invoice.number}
    audit.record(uow, "invoice.apply_credit", "invoice", invoice.id, client_id=client, after=after)


def adjust(uow: UnitOfWork, client_id: int, amount: Money, reason: str) -> None:
    """Staff give (positive) or take credit, with a reason. Raises: NotAllowed, InvalidInput, Refused."""
    uow.actor.require("billing.manage")
    if amount.is_zero or not reason.strip():
        field = "amount" if amount.is_zero else "reason"
        raise InvalidInput("write an amount and say why", field=field)
    if amount.is_negative and not take(uow, client_id, -amount):
        raise Refused("there is not so much credit")
    put(uow, client_id, amount)
    sides = [
        ledger.Posting(ledger.ADJUSTMENTS, amount),
        ledger.Posting(ledger.CLIENT_CREDIT, -amount, client_id),
    ]
    ledger.post(uow, f"credit:{uow.ids.key('adjust')}", "adjustment", uow.today(), sides, reason)
    after = {"amount": str(amount)}
    audit.record(uow, "credit.adjust", "client", client_id, client_id=client_id, after=after, reason=reason)


def apply_automatically(uow: UnitOfWork, events: Sequence[InvoiceIssued]) -> None:
    """What the shop issues by itself (renewals) is paid from the client's credit first, where the shop is set so.

    Not what people order or ask for: they choose at the checkout. Never added funds: credit does not buy credit.
    """
    if not uow.settings.billing.apply_credit_automatically or uow.actor.kind != "system":
        return
    rich = select(ClientCredit).where(
        ClientCredit.client_id.in_({event.client_id for event in events}), ClientCredit.balance_minor > 0
    )
    purses = {(row.client_id, row.currency) for row in uow.session.scalars(rich)}
    for event in events:
        if (event.client_id, event.total.currency) not in purses or not event.total.is_positive:
            continue
        invoice = uow.session.get_one(Invoice, event.invoice_id)
        held = balance(uow, event.client_id, event.total.currency)
        if held.is_positive and not buys_credit(invoice):
            spend(uow, invoice, min(held, invoice.balance_due))


def buys_credit(invoice: Invoice) -> bool:
    """Does it add funds? Such an invoice is not paid from credit."""
    return any(line.kind == "funds" for line in invoice.lines)
