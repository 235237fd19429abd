"""Credit notes: whatever amounts are taken back in whatever order, never more than the invoice, to the last cent."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ezcore.billing.credit import operations as credit
from ezcore.billing.credit_notes import operations as credit_notes
from ezcore.billing.credit_notes import rules as credit_rules
from ezcore.billing.credit_notes.models import CreditNote
from ezcore.billing.credit_notes.rules import Part
from ezcore.billing.invoices import operations as invoices
from ezcore.billing.invoices.models import Invoice, InvoiceLine, InvoiceTax
from ezcore.billing.invoices.rules import LineDraft, assemble
from ezcore.billing.ledger import operations as ledger
from ezcore.billing.taxes.rules import TaxCase, TaxRate
from ezcore.kernel.errors import InvalidInput, Refused
from ezcore.kernel.money import Money
from tests.fixtures_trade import at_once

VAT = TaxCase({"standard": (TaxRate("VAT", 220_000),), "low": (TaxRate("VAT", 90_000),)})


def eur(minor):
    return Money(minor, "EUR")


def bill(trade, client_id, *minors):
    with trade.work.write() as uow:
        lines = [LineDraft(f"Line {minor}", eur(minor)) for minor in minors]
        return invoices.issue(uow, client_id, "EUR", lines, due_on=uow.today()).id


def take_back(trade, number, gross=None):
    with trade.work.write() as uow:
        note = credit_notes.issue(uow, uow.session.get_one(Invoice, number), "because", gross)
        return note.number, note.applied_minor, note.to_credit_minor


@pytest.fixture
def client_id(each_trade):
    return each_trade.newcomer().client_id


def test_what_is_open_is_lowered_first_and_the_rest_is_credit(each_trade, client_id):
    """10.00, of which 7.00 are paid; 5.00 taken back: 3.00 off what is open, 2.00 to credit."""
    number = bill(each_trade, client_id, 1000)
    each_trade.pay(number, amount=eur(700))
    assert take_back(each_trade, number, eur(500)) == ("CN-2027-00001", 300, 200)
    assert each_trade.invoice(number).status == "paid"
    with each_trade.work.read() as uow:
        assert credit.balance(uow, client_id, "EUR") == eur(200)
        assert ledger.balance(uow, ledger.REVENUE, "EUR") == eur(-500)
    assert each_trade.broken() == []


def test_a_paid_invoice_that_is_taken_back_whole_is_refunded_and_an_unpaid_one_cancelled(
    each_trade, client_id
):
    paid, unpaid = bill(each_trade, client_id, 1000), bill(each_trade, client_id, 600, 400)
    each_trade.pay(paid)
    take_back(each_trade, paid)
    take_back(each_trade, unpaid)
    assert [each_trade.invoice(number).status for number in (paid, unpaid)] == ["refunded", "cancelled"]
    for number in (paid, unpaid):
        with pytest.raises(Refused):
            take_back(each_trade, number, eur(1))
    assert each_trade.broken() == []


def test_twenty_clerks_take_back_the_same_invoice_once(each_trade, client_id):
    number = bill(each_trade, client_id, 1000)
    each_trade.pay(number)
    done = at_once(20, lambda _: take_back(each_trade, number))
    assert [one for one in done if isinstance(one, tuple)] == [("CN-2027-00001", 0, 1000)]
    with each_trade.work.read() as uow:
        assert credit.balance(uow, client_id, "EUR") == eur(1000)
    assert each_trade.broken() == []


def test_by_line_no_line_gives_back_more_than_it_cost(each_trade, client_id):
    number = bill(each_trade, client_id, 600, 400)
    with each_trade.work.read() as uow:
        first, second = (line.id for line in uow.session.get_one(Invoice, number).lines)
    take_back(each_trade, number, {second: eur(150)})
    for wrong in ({second: eur(251)}, {999: eur(1)}, {first: eur(-1)}, {first: eur(0)}):
        with pytest.raises((InvalidInput, Refused)):
            take_back(each_trade, number, wrong)
    take_back(each_trade, number, {second: eur(250), first: eur(600)})
    assert each_trade.invoice(number).status == "cancelled"
    assert each_trade.broken() == []


@pytest.mark.parametrize("minor", [0, -1, 1001])
def test_nothing_less_than_nothing_and_too_much_are_refused(trade, minor):
    number = bill(trade, trade.newcomer().client_id, 1000)
    with pytest.raises(InvalidInput):
        take_back(trade, number, eur(minor))


def test_a_credit_note_cannot_be_changed_afterwards(each_trade, client_id):
    from sqlalchemy import update
    from sqlalchemy.exc import DatabaseError

    take_back(each_trade, bill(each_trade, client_id, 1000), eur(100))
    with pytest.raises(DatabaseError, match="append-only"), each_trade.shop.engine.begin() as raw:
        raw.execute(update(CreditNote).values(total_minor=1))


def rows(drafts):
    """The rows of an invoice without a database."""
    made = assemble(drafts, VAT, "EUR")
    lines = [InvoiceLine(id=index + 1, **values) for index, values in enumerate(made.lines)]
    return lines, [InvoiceTax(**values) for values in made.taxes], made


LINES = st.lists(
    st.builds(
        lambda minor, quantity, low: LineDraft("x", eur(minor), quantity=quantity, tax_class=low),
        st.integers(1, 90_000),
        st.integers(1, 3),
        st.sampled_from(["standard", "low"]),
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=1000)
@given(LINES, st.integers(0, 40), st.lists(st.integers(1, 100), min_size=1, max_size=8))
def test_any_amounts_in_any_order_end_exactly_at_nothing_tax_included(drafts, off, weights):
    """A discount of up to 40 % among the lines; the invoice is taken back in as many parts as there are weights."""
    gross = sum(draft.amount.minor * draft.quantity for draft in drafts)
    if off:
        drafts = [*drafts, LineDraft("less", eur(-(gross * off // 100) or -1), kind="discount")]
    lines, taxes, made = rows(drafts)
    if not made.total.is_positive:
        return
    left = {line.id: Part(line.id, line.amount, eur(line.tax_minor)) for line in lines}
    taken_net = taken_tax = 0
    by_tax = [0] * len(taxes)
    for amount in made.total.allocate(weights):
        if amount.is_zero:
            continue
        parts = [part for part in credit_rules.spread(lines, left, amount) if not part.gross.is_zero]
        assert sum(part.gross.minor for part in parts) == amount.minor
        for part in parts:
            rest = left[part.line_id]
            left[part.line_id] = replace(rest, net=rest.net - part.net, tax=rest.tax - part.tax)
        taken_net += sum(part.net.minor for part in parts)
        taken_tax += sum(part.tax.minor for part in parts)
        split = credit_rules.taxes_of(parts, lines, taxes)
        assert sum(one.tax.minor for one in split) == sum(part.tax.minor for part in parts)
        for one in split:
            by_tax[one.position] += one.tax.minor
    assert (taken_net, taken_tax) == (made.net.minor, made.tax.minor)
    assert all(part.gross.is_zero and part.net.is_zero and part.tax.is_zero for part in left.values())
    assert by_tax == [tax.tax_minor for tax in taxes]
