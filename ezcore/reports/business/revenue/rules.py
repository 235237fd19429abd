"""Pure: what a day moved in the books, folded into months."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import product
from typing import Final

from ezcore.kernel.money import Money
from ezcore.reports.business.months import Months


class Side(StrEnum):
    """What the entries of a day are about: what was sold, or money that is there."""

    SOLD = "sold"
    CASH = "cash"


_KINDS: Final = tuple(product(Side, (True, False)))


@dataclass(frozen=True)
class Moved:
    """The sum of the entries of a day, of one kind of journal: debit is positive."""

    on: date
    kind: str
    side: Side
    minor: int


@dataclass(frozen=True)
class Row:
    """A month: what was invoiced without tax, what was taken back of it, what came in, what went out again."""

    month: date
    invoiced: Money
    taken_back: Money
    received: Money
    given_back: Money

    @property
    def net(self) -> Money:
        """Invoiced, less what was taken back."""
        return self.invoiced - self.taken_back

    @property
    def kept(self) -> Money:
        """Received, less what was given back."""
        return self.received - self.given_back


def fold(months: Months, currency: str, moved: Iterable[Moved]) -> list[Row]:
    """Issued invoices add, whatever else touches revenue takes back; payments come in, whatever else goes out."""
    sums = [dict.fromkeys(_KINDS, 0) for _ in months.all]
    for one in moved:
        usual = one.kind == ("invoice" if one.side is Side.SOLD else "payment")
        sums[months.place(one.on)][one.side, usual] += one.minor
    return [
        Row(
            month,
            invoiced=Money(-found[Side.SOLD, True], currency),
            taken_back=Money(found[Side.SOLD, False], currency),
            received=Money(found[Side.CASH, True], currency),
            given_back=Money(-found[Side.CASH, False], currency),
        )
        for month, found in zip(months.all, sums, strict=True)
    ]


def total(rows: Iterable[Row], currency: str, month: date) -> Row:
    """All months together, as a row that carries the first."""
    rows = list(rows)
    return Row(
        month,
        Money.total((row.invoiced for row in rows), currency),
        Money.total((row.taken_back for row in rows), currency),
        Money.total((row.received for row in rows), currency),
        Money.total((row.given_back for row in rows), currency),
    )
