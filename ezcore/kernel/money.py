"""Money that cannot be mixed up: whole minor units of one currency, never a float.

Units: ``minor`` counts the currency's minor unit (cents for EUR, yen for JPY, fils for KWD).
Range: what a 64-bit database column holds.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import TYPE_CHECKING, Final, Self

from ezcore.kernel.allocation import largest_remainder
from ezcore.kernel.currency import currency as find_currency
from ezcore.kernel.errors import EzError, InvalidInput

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_LARGEST: Final = 2**63 - 1
_DIGITS: Final = 60  # precision of products: more than any 64-bit amount times any sensible quantity needs
_AMOUNT: Final = re.compile(r"[+-]?[0-9]{1,20}(\.[0-9]{1,8})?")


class CurrencyMismatch(EzError):
    """Amounts of two currencies met where one was expected."""

    def __init__(self, one: str, other: str) -> None:
        super().__init__(f"{one} and {other} cannot be mixed")


@dataclass(frozen=True, slots=True)
class Money:
    """An amount of one currency. Amounts of the same currency can be ordered.

    Raises: InvalidInput when the amount does not fit; UnknownCurrency; TypeError when ``minor`` is no int.
    """

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise TypeError(f"minor units are whole numbers, not {type(self.minor).__name__}")
        if not -_LARGEST <= self.minor <= _LARGEST:
            raise InvalidInput("this amount is too large", field="amount")
        find_currency(self.currency)

    @classmethod
    def zero(cls, currency: str) -> Self:
        """Nothing, in this currency."""
        return cls(0, currency)

    @classmethod
    def parse(cls, text: str, currency: str) -> Self:
        """Read a plain amount such as ``12.50`` or ``-3``.

        Decimals beyond the currency's own are refused unless they are zeros: rounding would change a price.
        Raises: InvalidInput, UnknownCurrency.
        """
        if not isinstance(text, str) or not _AMOUNT.fullmatch(text.strip()):
            raise InvalidInput("write an amount like 12.50", field="amount")
        scaled = Decimal(text.strip()).scaleb(find_currency(currency).exponent)
        if scaled != scaled.to_integral_value():
            raise InvalidInput(f"{currency} has fewer decimals than {text.strip()}", field="amount")
        return cls(int(scaled), currency)

    @classmethod
    def total(cls, items: Iterable[Money], currency: str) -> Self:
        """Add up items that are all of this currency; no items make zero.

        Raises: CurrencyMismatch.
        """
        total = 0
        for item in items:
            if item.currency != currency:
                raise CurrencyMismatch(currency, item.currency)
            total += item.minor
        return cls(total, currency)

    @property
    def decimal(self) -> Decimal:
        """The amount in major units, with the currency's number of decimals."""
        return Decimal(self.minor).scaleb(-find_currency(self.currency).exponent)

    @property
    def is_zero(self) -> bool:
        """True for exactly nothing."""
        return self.minor == 0

    @property
    def is_positive(self) -> bool:
        """True above zero."""
        return self.minor > 0

    @property
    def is_negative(self) -> bool:
        """True below zero."""
        return self.minor < 0

    def times(self, count: int) -> Self:
        """Multiply by a whole number; for anything else use a ``Rate``."""
        return type(self)(self.minor * _whole(count), self.currency)

    def allocate(self, weights: Sequence[int | Decimal]) -> list[Self]:
        """Split by weight so that the parts add up to exactly this amount (largest remainder).

        The part of a negative amount is the negative of the part of the positive one, so that a credit note
        mirrors its invoice line by line. Weights may be negative (a discount among lines).
        Raises: ValueError when the weights add up to zero but the amount does not.
        """
        return [type(self)(minor, self.currency) for minor in largest_remainder(self.minor, weights)]

    def __add__(self, other: Money) -> Self:
        return type(self)(self.minor + self._minor_of(other), self.currency)

    def __sub__(self, other: Money) -> Self:
        return type(self)(self.minor - self._minor_of(other), self.currency)

    def __neg__(self) -> Self:
        return type(self)(-self.minor, self.currency)

    def __abs__(self) -> Self:
        return type(self)(abs(self.minor), self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._minor_of(other)

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._minor_of(other)

    def __gt__(self, other: Money) -> bool:
        return self.minor > self._minor_of(other)

    def __ge__(self, other: Money) -> bool:
        return self.minor >= self._minor_of(other)

    def __str__(self) -> str:
        return f"{self.decimal:f} {self.currency}"

    def _minor_of(self, other: Money) -> int:
        if not isinstance(other, Money):
            raise TypeError(f"money goes with money, not with {type(other).__name__}")
        if other.currency != self.currency:
            raise CurrencyMismatch(self.currency, other.currency)
        return other.minor


@dataclass(frozen=True, slots=True)
class Rate:
    """A unit price finer than a minor unit (0.0035 EUR per GiB), turned into money once per line."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        if not isinstance(self.amount, Decimal) or not self.amount.is_finite():
            raise TypeError("a rate is a finite Decimal")
        find_currency(self.currency)

    def times(self, quantity: Decimal | int) -> Money:
        """Price a quantity: multiply exactly, then round half up (away from zero) once."""
        if isinstance(quantity, bool) or not isinstance(quantity, Decimal | int):
            raise TypeError("a quantity is a Decimal or a whole number")
        with localcontext(prec=_DIGITS):
            scaled = (self.amount * quantity).scaleb(find_currency(self.currency).exponent)
            return Money(int(scaled.to_integral_value(rounding=ROUND_HALF_UP)), self.currency)

    def __str__(self) -> str:
        return f"{self.amount:f} {self.currency}"


def _whole(count: int) -> int:
    if type(count) is not int:
        raise TypeError(f"multiply money by a whole number, not {type(count).__name__}")
    return count
