"""The ledger balances or refuses, and nobody rewrites it: neither by our code nor behind its back."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError

from ezcore.billing.ledger import operations as ledger
from ezcore.billing.ledger.models import Journal, LedgerEntry
from ezcore.billing.ledger.operations import Posting, Unbalanced
from ezcore.kernel.money import Money


def eur(minor):
    return Money(minor, "EUR")


def post(trade, key, postings):
    with trade.work.write() as uow:
        return ledger.post(uow, key, "test", uow.today(), postings)


def entries(trade):
    with trade.work.read() as uow:
        return uow.session.scalar(select(func.count()).select_from(LedgerEntry))


TWO_CURRENCIES = (
    "INSERT INTO ledger_entry (journal_id, account, currency, minor)"
    " SELECT id, 'a', c, m FROM journal, (VALUES ('EUR', 5), ('USD', -5)) AS v (c, m)"
)
SALE = [Posting(ledger.cash("bank"), eur(600)), Posting(ledger.REVENUE, eur(-600))]
OWED = [Posting(ledger.RECEIVABLE, eur(600), 1), Posting(ledger.REVENUE, eur(-600))]


def test_a_journal_is_posted_once_per_event(each_trade):
    assert post(each_trade, "sale:1", SALE)
    assert not post(each_trade, "sale:1", SALE)
    assert entries(each_trade) == 2


@pytest.mark.parametrize(
    "postings",
    [
        [Posting(ledger.CLIENT_CREDIT, eur(1), 1)],
        [*SALE, Posting(ledger.GATEWAY_FEES, eur(1))],
        [Posting(ledger.RECEIVABLE, Money(600, "USD"), 1), Posting(ledger.REVENUE, eur(-600))],
    ],
    ids=["one-sided", "a cent too much", "two currencies"],
)
def test_a_journal_that_does_not_balance_is_refused_and_leaves_nothing(trade, postings):
    with pytest.raises(Unbalanced):
        post(trade, "bad", postings)
    with trade.work.read() as uow:
        assert uow.session.scalar(select(func.count()).select_from(Journal)) == 0


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(amounts=st.lists(st.integers(-(10**12), 10**12), min_size=1, max_size=6), wrong_by=st.integers(-2, 2))
def test_exactly_the_balanced_journals_get_in(trade, amounts, wrong_by):
    postings = [Posting("a", eur(amount)) for amount in amounts] + [
        Posting("b", eur(-sum(amounts) + wrong_by))
    ]
    with trade.work.write() as uow:
        before = ledger.total(uow).get("EUR", 0)
        if wrong_by:
            with pytest.raises(Unbalanced):
                ledger.post(uow, uow.ids.key("k"), "test", uow.today(), postings)
        else:
            assert ledger.post(uow, uow.ids.key("k"), "test", uow.today(), postings)
        assert ledger.total(uow).get("EUR", 0) == before == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_entry SET minor = minor + 1",
        "UPDATE ledger_entry SET account = 'cash:me'",
        "DELETE FROM ledger_entry",
        "UPDATE journal SET kind = 'other'",
        "DELETE FROM journal",
    ],
)
def test_nobody_rewrites_the_ledger_behind_our_back(each_trade, statement):
    post(each_trade, "sale:1", SALE)
    with pytest.raises(DatabaseError, match="append-only"), each_trade.shop.engine.begin() as connection:
        connection.execute(text(statement))
    assert entries(each_trade) == 2
    assert each_trade.broken() == []


@pytest.mark.postgresql
@pytest.mark.parametrize(
    "each_trade", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True
)
@pytest.mark.parametrize(
    "statement",
    [
        "TRUNCATE ledger_entry",
        "INSERT INTO ledger_entry (journal_id, account, currency, minor) SELECT id, 'cash:me', 'EUR', 5 FROM journal",
        TWO_CURRENCIES,
    ],
    ids=["truncate", "one-sided", "two currencies"],
)
def test_postgresql_itself_refuses_what_does_not_balance(each_trade, statement):
    post(each_trade, "sale:1", SALE)
    with (
        pytest.raises(DatabaseError, match=r"append-only|does not balance"),
        each_trade.shop.engine.begin() as raw,
    ):
        raw.execute(text(statement))
    assert entries(each_trade) == 2


def test_an_entry_that_was_smuggled_into_sqlite_is_found(trade):
    post(trade, "sale:1", SALE)
    with trade.shop.engine.begin() as raw:
        raw.execute(
            text(
                "INSERT INTO ledger_entry (journal_id, account, currency, minor) VALUES (1, 'cash:me', 'EUR', 5)"
            )
        )
    assert [line.split()[0] for line in trade.broken()] == ["I01", "I03"]


def test_balances_are_sums_of_entries(trade):
    post(trade, "sale:1", OWED)
    post(trade, "sale:2", [Posting(ledger.RECEIVABLE, eur(50), 2), Posting(ledger.REVENUE, eur(-50))])
    with trade.work.read() as uow:
        assert ledger.balance(uow, ledger.RECEIVABLE, "EUR") == eur(650)
        assert ledger.balance(uow, ledger.RECEIVABLE, "EUR", client_id=2) == eur(50)
        assert ledger.balance(uow, ledger.RECEIVABLE, "USD").is_zero
