"""What an invoice is called on every page, and how a line tells its amount there."""

from __future__ import annotations

from babel.numbers import format_currency

from ezcore.billing.invoices.explain import explain
from ezcore.billing.invoices.models import Invoice, InvoiceLine
from ezcore.kernel.money import Money
from ezcore.languages import say, tongue

KINDS = {"invoice": "Invoice", "proforma": "Proforma", "debit_note": "Debit note"}


def title_of(invoice: Invoice) -> str:
    """What the document is called, with its number."""
    kind = KINDS.get(invoice.kind, "Invoice")
    return f"{say(kind)} {invoice.number}" if invoice.number else say(f"Draft of a {kind.lower()}")


def explained(line: InvoiceLine) -> str:
    """How the amount of a line came about, with amounts as pages print them; empty when there is nothing to tell."""
    return explain(line, _printed)


def _printed(amount: Money) -> str:
    return str(format_currency(amount.decimal, amount.currency, locale=tongue().locale))
