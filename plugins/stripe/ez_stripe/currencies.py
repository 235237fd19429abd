"""How Stripe counts each currency: its exponents are not always those of ISO 4217.

Units: Stripe's amounts are integers in *its* smallest unit. Source: Stripe's documentation on currencies.
Most currencies have the exponent of ISO 4217 at Stripe, so only the differences stand here.
"""

from __future__ import annotations

from types import MappingProxyType

from ezcore.plugin_api import Money, PermanentFailure

STRIPE_EXPONENTS = MappingProxyType(
    {
        "MGA": 0,  # ISO says 2 (it is really fifths); Stripe takes whole ariary
        "ISK": 2,  # ISO says 0; Stripe kept two decimals, which must be zeros
    }
)
LAST_DIGIT_ZERO = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})
"""Three decimals, of which Stripe takes two: the last digit must be 0."""
NOT_TAKEN = frozenset({"UGX"})
"""Stripe has documented this currency with and without decimals: a factor of 100 is not worth a guess."""


def to_stripe(amount: Money) -> int:
    """The integer that Stripe calls this amount.

    Raises: PermanentFailure for an amount that Stripe cannot express.
    """
    _refuse_unclear(amount.currency)
    shift = _shift(amount.currency)
    if shift >= 0:
        units = amount.minor * int(10**shift)
    else:
        units, rest = divmod(amount.minor, int(10**-shift))
        if rest:
            raise PermanentFailure(f"Stripe takes no fractions of {amount.currency}: {amount}")
    if amount.currency in LAST_DIGIT_ZERO and units % 10:
        raise PermanentFailure(f"Stripe takes two decimals of {amount.currency} only: {amount}")
    return units


def from_stripe(units: int, currency: str) -> Money:
    """The Money that Stripe means by an integer and its lower-case currency code.

    Raises: PermanentFailure for fractions that the currency does not have.
    """
    code = currency.upper()
    _refuse_unclear(code)
    shift = _shift(code)
    if shift <= 0:
        return Money(units * int(10**-shift), code)
    minor, rest = divmod(units, int(10**shift))
    if rest:
        raise PermanentFailure(f"Stripe named an amount with fractions that {code} does not have: {units}")
    return Money(minor, code)


def _shift(code: str) -> int:
    """How many decimals Stripe has beyond those of ISO 4217."""
    known = STRIPE_EXPONENTS.get(code)
    return 0 if known is None else known - _iso_exponent(code)


def _iso_exponent(code: str) -> int:
    exponent = Money(1, code).decimal.as_tuple().exponent
    assert isinstance(exponent, int)
    return -exponent


def _refuse_unclear(code: str) -> None:
    if code in NOT_TAKEN:
        raise PermanentFailure(f"{code} is not charged through Stripe: its documentation contradicts itself")
