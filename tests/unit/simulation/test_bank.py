"""The shop's bank account: a transfer is on one statement after another until somebody has dealt with it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from ezcore.kernel.money import Money
from ezcore.simulation.bank import Bank

NOON = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)


def test_a_transfer_is_seen_from_its_day_on_until_it_is_booked():
    bank = Bank()
    bank.send(NOON, 1, "2027-00001", Money(1200, "EUR"))
    bank.send(NOON + timedelta(days=2), 2, "2027-00002", Money(600, "EUR"))
    assert bank.statement(NOON - timedelta(minutes=1)) == []
    (first,) = bank.statement(NOON)
    assert (first.told, first.reference) == ("2027-00001", "EE270301000001")
    bank.book(first, placed=True)
    assert bank.statement(NOON) == []
    (second,) = bank.statement(NOON + timedelta(days=3))
    bank.book(second, placed=False)
    assert (bank.placed, bank.unplaced) == (1, [second])
