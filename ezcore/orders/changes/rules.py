"""Pure arithmetic of changes: what is left of a period, by real calendar days.

Source: the trade's usual proration (Stripe, Kill Bill): the unused part of the old price is given back and the same
part of the new price is charged, each rounded once, half up.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ezcore.kernel.errors import InvalidInput
from ezcore.kernel.money import Money
from ezcore.kernel.period import Period


@dataclass(frozen=True)
class Proration:
    """The part of a paid period that lies ahead on a day: that day counts as unused."""

    period: Period
    on: date

    def __post_init__(self) -> None:
        if not self.period.contains(self.on):
            raise InvalidInput(f"{self.on} is not in the period {self.period}", field="on")

    @property
    def unused(self) -> int:
        """Days from this day to the end of the period."""
        return (self.period.end - self.on).days

    @property
    def days(self) -> int:
        """Days of the whole period."""
        return self.period.days

    @property
    def rest(self) -> Period:
        """What is left, as a period."""
        return Period(self.on, self.period.end)

    def of(self, amount: Money) -> Money:
        """The unused part of an amount of the whole period; a negative amount gives the exact negative."""
        return share(amount, self.unused, self.days)


def share(amount: Money, days: int, of_days: int) -> Money:
    """So many days of an amount, rounded half up (away from zero)."""
    minor = (2 * abs(amount.minor) * days + of_days) // (2 * of_days)
    return Money(minor if amount.minor >= 0 else -minor, amount.currency)


@dataclass(frozen=True)
class Difference:
    """What a change costs until the next renewal: `given_back` of the old price and `charged` of the new one."""

    given_back: Money
    charged: Money

    @property
    def net(self) -> Money:
        """Positive: to be paid. Negative: given back."""
        return self.charged - self.given_back


def difference(old: Money, new: Money, proration: Proration) -> Difference:
    """Old and new are prices of the whole running period. Raises: CurrencyMismatch."""
    return Difference(proration.of(old), proration.of(new))
