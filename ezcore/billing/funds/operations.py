"""Add funds: an invoice of its own, untaxed, whose amount becomes the client's credit when it is paid."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from ezcore.billing.credit import operations as credit
from ezcore.billing.credit_notes.models import CreditNoteLine
from ezcore.billing.invoices import operations as invoices
from ezcore.billing.invoices.events import InvoicePaid
from ezcore.billing.invoices.models import Invoice, InvoiceKind, InvoiceLine
from ezcore.billing.invoices.rules import LineDraft
from ezcore.billing.ledger import operations as ledger
from ezcore.billing.taxes.rules import UNTAXED
from ezcore.kernel.errors import InvalidInput
from ezcore.kernel.money import Money
from ezcore.settings import read_amounts
from ezcore.work import UnitOfWork


def limits(uow: UnitOfWork) -> dict[str, tuple[Money, Money]]:
    """The least and the most that can be added at once, by currency; other currencies cannot be added."""
    least = read_amounts(uow.settings.billing.funds_minimum)
    most = read_amounts(uow.settings.billing.funds_maximum)
    return {code: (least.get(code, Money(1, code)), amount) for code, amount in most.items()}


def add(uow: UnitOfWork, amount: Money) -> Invoice:
    """An invoice for funds that the acting client wants to add, due today. Emits: InvoiceIssued.

    Raises: NotAllowed; InvalidInput(field="amount") outside the limits or in a currency that cannot be added.
    """
    uow.actor.require("client.billing")
    if uow.actor.client_id is None:
        raise InvalidInput("only a client adds funds", field="amount")
    if amount.currency not in limits(uow):
        raise InvalidInput(f"funds cannot be added in {amount.currency}", field="amount")
    least, most = limits(uow)[amount.currency]
    if not least <= amount <= most:
        raise InvalidInput(f"between {least} and {most}", field="amount")
    line = LineDraft("Funds added to the account", amount, kind="funds", tax_class=UNTAXED)
    return invoices.issue(
        uow,
        uow.actor.client_id,
        amount.currency,
        [line],
        due_on=uow.today(),
        kind=InvoiceKind.INVOICE,
    )


def arrive(uow: UnitOfWork, events: Sequence[InvoicePaid]) -> None:
    """A paid invoice that adds funds: what was pending, less what was credited of it, is the client's credit now."""
    for event in events:
        mine = (InvoiceLine.invoice_id == event.invoice_id, InvoiceLine.kind == "funds")
        asked = uow.session.scalar(select(func.sum(InvoiceLine.amount_minor)).where(*mine))
        if asked is None:
            continue
        back = select(func.coalesce(func.sum(CreditNoteLine.amount_minor), 0)).where(
            CreditNoteLine.invoice_line_id.in_(select(InvoiceLine.id).where(*mine))
        )
        amount = Money(int(asked) - int(uow.session.scalar(back) or 0), event.total.currency)
        if amount.is_positive:
            sides = [
                ledger.Posting(ledger.FUNDS_PENDING, amount, event.client_id),
                ledger.Posting(ledger.CLIENT_CREDIT, -amount, event.client_id),
            ]
            ledger.post(uow, f"invoice:{event.invoice_id}:funds", "funds", uow.today(), sides)
            credit.put(uow, event.client_id, amount)
