"""Documents for tests: one that can be changed, and random ones made by the shop's own tax arithmetic."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import strategies as st

from ezcore.billing.documents.document import (
    DocumentKind,
    DocumentLine,
    InvoiceDocument,
    Note,
    Party,
    TaxGroup,
)
from ezcore.billing.invoices.rules import Assembled, LineDraft, assemble
from ezcore.billing.taxes.rules import TaxCase, TaxRate
from ezcore.kernel.money import Money
from ezcore.kernel.period import Period

SELLER = Party(
    "EZ Solutions OÜ",
    address=("Pikk 1", "10123 Tallinn"),
    line1="Pikk 1",
    city="Tallinn",
    postcode="10123",
    country="EE",
    tax_number="EE101234567",
)
BUYER = Party(
    "Ann Arbor",
    company="Arbor GmbH",
    address=("Weg 2", "80331 München"),
    line1="Weg 2",
    city="München",
    postcode="80331",
    country="DE",
    tax_number="DE136695976",
    email="ann@client.example",
)
ZERO = Money(0, "EUR")


def euro(minor: int) -> Money:
    return Money(minor, "EUR")


def group(rate_ppm: int, category: str, base: int, tax: int, **more: Any) -> TaxGroup:
    return TaxGroup("VAT", rate_ppm, category, euro(base), euro(tax), **more)


def document(**changed: Any) -> InvoiceDocument:
    """Two servers at 10.00 and 22 % VAT: net 20.00, tax 4.40, total 24.40."""
    lines = tuple(
        DocumentLine(
            f"VPS Atlas 2 · atlas-{number}.example.test",
            euro(1000),
            1,
            euro(1000),
            detail="2 cores, 4 GiB",
            period=Period(date(2026, 3, 1), date(2026, 4, 1)),
            taxes=(0,),
        )
        for number in (1, 2)
    )
    whole: dict[str, Any] = {
        "kind": DocumentKind.INVOICE,
        "number": "2026-00042",
        "issued_on": date(2026, 3, 1),
        "due_on": date(2026, 3, 8),
        "tax_point": date(2026, 3, 1),
        "seller": SELLER,
        "buyer": BUYER,
        "currency": "EUR",
        "lines": lines,
        "taxes": (group(220_000, "S", 2000, 440),),
        "net": euro(2000),
        "tax": euro(440),
        "total": euro(2440),
        "paid": ZERO,
        "credited": ZERO,
        "prepaid": ZERO,
        "notes": (Note("Bank transfer", "IBAN EE382200221020145685"),),
        "pay_link": "https://shop.example/billing/invoices/2026-00042/",
    }
    return InvoiceDocument(**(whole | changed))


def many_lines(count: int) -> InvoiceDocument:
    """As above with so many lines, each with detail and period."""
    one = document().lines[0]
    net, tax = 1000 * count, 220 * count
    return document(
        lines=(one,) * count,
        taxes=(group(220_000, "S", net, tax),),
        net=euro(net),
        tax=euro(tax),
        total=euro(net + tax),
    )


def from_assembled(assembled: Assembled, **changed: Any) -> InvoiceDocument:
    """The document of an invoice that was assembled but not stored."""
    currency = assembled.total.currency
    lines = tuple(
        DocumentLine(
            line["description"],
            Money(line["amount_minor"], currency),
            line["quantity"],
            Money(line["unit_minor"], currency),
            taxes=tuple(line["tax_positions"]),
        )
        for line in assembled.lines
    )
    taxes = tuple(
        TaxGroup(
            tax["name"],
            tax["rate_ppm"],
            tax["category"],
            Money(tax["base_minor"], currency),
            Money(tax["tax_minor"], currency),
            tax["level"],
            tax["compound"],
        )
        for tax in assembled.taxes
    )
    sums = {"net": assembled.net, "tax": assembled.tax, "total": assembled.total}
    none = {name: Money.zero(currency) for name in ("paid", "credited", "prepaid")}
    return document(currency=currency, lines=lines, taxes=taxes, notes=(), **sums, **none, **changed)


RATES = st.sampled_from([220_000, 210_000, 190_000, 90_000, 55_000, 8_250])
CASES = st.one_of(
    st.builds(
        lambda standard, reduced, inclusive: TaxCase(
            {
                "standard": (TaxRate("VAT", standard),),
                "reduced": (TaxRate("VAT", reduced),),
                "none": (TaxRate("Not taxed", 0, category="E"),),
            },
            inclusive,
        ),
        RATES,
        RATES,
        st.booleans(),
    ),
    st.just(TaxCase({"standard": (TaxRate("VAT", 0, category="AE"),)}, False, "reverse_charge", "Reverse charge")),
    st.just(TaxCase({"standard": (TaxRate("VAT", 0, category="O"),)}, False, "outside", "Outside")),
    st.just(TaxCase({"standard": (TaxRate("Tax", 0, category="E"),)}, True, "exempt", "Charity")),
    st.just(TaxCase()),
)  # fmt: skip
WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Zl", "Zp", "Cn", "Co")),
    min_size=1,
    max_size=40,
).filter(str.strip)


@st.composite
def drafts(draw: st.DrawFn, currency: str = "EUR") -> list[LineDraft]:
    """Lines of a cart, perhaps with a discount that is smaller than the first line."""
    found = draw(
        st.lists(
            st.builds(
                LineDraft,
                WORDS,
                st.integers(1, 500_000).map(lambda minor: Money(minor, currency)),
                quantity=st.integers(1, 12),
                tax_class=st.sampled_from(["standard", "reduced", "none"]),
            ),
            min_size=1,
            max_size=6,
        )
    )
    if draw(st.booleans()):
        first = found[0]
        off = draw(st.integers(1, first.amount.minor))
        found.append(LineDraft("Discount", Money(-off, currency), kind="discount", tax_class=first.tax_class))
    return found


@st.composite
def documents(draw: st.DrawFn) -> InvoiceDocument:
    """Invoices and credit notes in three currencies and any case of tax that has an e-invoice."""
    currency = draw(st.sampled_from(["EUR", "USD", "JPY"]))
    made = assemble(draw(drafts(currency)), draw(CASES), currency)
    kind = draw(st.sampled_from([DocumentKind.INVOICE, DocumentKind.DEBIT_NOTE, DocumentKind.CREDIT_NOTE]))
    credit = {
        "due_on": None,
        "corrects": "2026-00007",
        "corrects_on": date(2026, 2, 1),
        "reason": "Paid twice",
    }
    return from_assembled(made, kind=kind, **(credit if kind == DocumentKind.CREDIT_NOTE else {}))
