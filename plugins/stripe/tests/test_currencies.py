"""Amounts mean the same at Stripe as here, or are refused."""

from __future__ import annotations

import pytest
from ez_stripe.currencies import from_stripe, to_stripe

from ezcore.plugin_api import Money, PermanentFailure


@pytest.mark.parametrize(
    ("amount", "currency", "units"),
    [
        ("12.50", "EUR", 1250),
        ("500", "JPY", 500),
        ("5.120", "KWD", 5120),
        ("5", "ISK", 500),
        ("10", "MGA", 10),
        ("7", "CLP", 7),
        ("-3.99", "USD", -399),
    ],
)
def test_amounts_go_to_stripe_and_come_back(amount: str, currency: str, units: int) -> None:
    money = Money.parse(amount, currency)
    assert to_stripe(money) == units
    assert from_stripe(units, currency.lower()) == money


@pytest.mark.parametrize(("amount", "currency"), [("5.125", "KWD"), ("1.50", "MGA"), ("100", "UGX")])
def test_amounts_stripe_cannot_express_are_refused_not_rounded(amount: str, currency: str) -> None:
    with pytest.raises(PermanentFailure):
        to_stripe(Money.parse(amount, currency))


def test_a_fraction_that_the_currency_does_not_have_is_refused() -> None:
    with pytest.raises(PermanentFailure):
        from_stripe(550, "isk")
