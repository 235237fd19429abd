"""Late fees: after the grace, once per invoice and step, on a debit note that bears no tax and no fee itself."""

from __future__ import annotations

import shutil

import pytest
from sqlalchemy import select

from ezcore.automation import late_fees as task
from ezcore.billing.invoices import operations as invoices
from ezcore.billing.invoices.explain import explain
from ezcore.billing.invoices.models import Invoice, InvoiceKind
from ezcore.billing.invoices.rules import LineDraft
from ezcore.billing.ledger import operations as ledger
from ezcore.kernel.money import Money
from tests.fixtures_trade import at_once, open_trade


def opened(migrated_sqlite, tmp_path, **settings):
    shutil.copy(migrated_sqlite, tmp_path / "late.sqlite3")
    return open_trade(f"sqlite:///{tmp_path / 'late.sqlite3'}", tmp_path, **settings)


@pytest.fixture
def strict(migrated_sqlite, tmp_path):
    """2.5 % and 5 EUR, ten days late, again every seven days, three times at most."""
    yield from opened(
        migrated_sqlite,
        tmp_path,
        dunning__late_fee_percent="2.5",
        dunning__late_fee_fixed="5 EUR",
        dunning__late_fee_every_days="7",
    )


def bill(trade, minor=9990, currency="EUR"):
    client_id = trade.newcomer().client_id
    with trade.work.write() as uow:
        lines = [LineDraft("Work", Money(minor, currency))]
        return invoices.issue(uow, client_id, currency, lines, due_on=uow.today()).id


def run(trade, *, preview=False):
    return task.run(trade.work, trade.today(), preview).lines


def fees(trade):
    with trade.work.read() as uow:
        query = select(Invoice).where(Invoice.kind == InvoiceKind.DEBIT_NOTE).order_by(Invoice.id)
        return [(note.number, note.total_minor, note.tax_minor) for note in uow.session.scalars(query)]


def test_golden_amounts_day_by_day(strict):
    """99.90 open: 2.5 % are 2.4975, so 2.50, and 5.00: 7.50; after 60.00 were paid 39.90: 1.00 and 5.00: 6.00."""
    number = bill(strict)
    days = {}
    for day in range(1, 40):
        strict.later(1)
        if day == 12:
            strict.pay(number, amount=Money(6000, "EUR"))
        if run(strict):
            days[day] = fees(strict)[-1][1]
    assert days == {10: 750, 17: 600, 24: 600}
    with strict.work.read() as uow:
        assert ledger.balance(uow, ledger.LATE_FEES, "EUR") == Money(-1950, "EUR")
        note = uow.session.scalars(select(Invoice).where(Invoice.number == "DN-2027-00001")).one()
        told = explain(note.lines[0])
    assert told == "2.5 % of 99.90 EUR that is open on invoice 2027-00001, 10 days after it was due."
    assert strict.broken() == []


def test_run_twenty_times_at_once_it_is_one_fee(strict):
    bill(strict)
    strict.later(10)
    at_once(20, lambda _: run(strict))
    assert len(fees(strict)) == 1
    assert strict.broken() == []


def test_a_preview_says_what_would_happen_and_changes_nothing(strict):
    bill(strict)
    strict.later(10)
    assert run(strict, preview=True) == ["would charge late fee 1 of 7.50 EUR for invoice 2027-00001"]
    assert fees(strict) == []


def test_steps_that_were_missed_cost_one_fee_and_what_is_paid_costs_none(strict):
    late, paid = bill(strict), bill_again(strict)
    strict.pay(paid)
    strict.later(30)
    assert len(run(strict)) == 1
    assert run(strict) == []
    assert late


def bill_again(trade):
    with trade.work.write() as uow:
        return invoices.issue(uow, 1, "EUR", [LineDraft("More", Money(500, "EUR"))], due_on=uow.today()).id


def test_another_currency_has_its_percentage_only_and_no_fixed_fee_of_ours(strict):
    bill(strict, 10000, "USD")
    strict.later(10)
    run(strict)
    assert fees(strict) == [("DN-2027-00001", 250, 0)]


def test_by_default_there_are_no_late_fees(trade):
    bill(trade)
    trade.later(100)
    assert run(trade) == []
