"""The pricing grid: a row per cycle and currency, read strictly; every wrong cell is named by its own id."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from ezcore.catalog.products.models import Price, Product
from ezcore.catalog.products.operations import WantedPrice
from ezcore.catalog.products.rules import prices_on
from ezcore.kernel.currency import UnknownCurrency
from ezcore.kernel.currency import currency as known_currency
from ezcore.kernel.errors import InvalidInput
from ezcore.kernel.money import Money
from ezcore.kernel.period import Cycle
from ezcore.languages import say
from ezcore.web.shared import cycles
from ezcore.web.shared.forms import sentence

BLANK: Final = 2
"""Empty rows below the ones that stand."""
MOST_ROWS: Final = 60
MOST_MINOR: Final = 10**12
NAMES: Final = ("cycle", "currency", "amount", "setup", "first")
LABELS: Final = {
    "cycle": "Cycle",
    "currency": "Currency",
    "amount": "Price",
    "setup": "Setup fee",
    "first": "First term",
}


@dataclass
class Grid:
    """Rows as they stand or were typed, what is wrong (by input id), and what they mean when nothing is."""

    rows: list[dict[str, str]]
    errors: dict[str, str] = field(default_factory=dict)
    wanted: list[WantedPrice] = field(default_factory=list)

    @property
    def labels(self) -> dict[str, str]:
        """Names of the cells for the summary of errors: "Price, row 2"."""
        return {
            f"{name}-{n}": say("${label}, row ${number}", label=say(LABELS[name]), number=n + 1)
            for n in range(len(self.rows))
            for name in NAMES
        }


def standing_grid(product: Product, on: date, currency: str) -> Grid:
    """The prices on sale, with empty rows for more."""
    rows = [_row(price) for price in in_order(prices_on(product, on))]
    return Grid(rows + [dict.fromkeys(NAMES, "") | {"currency": currency} for _ in range(BLANK)])


def in_order(prices: Sequence[Price]) -> list[Price]:
    """By currency, the shortest cycle first."""
    return sorted(prices, key=lambda price: (price.currency, cycles.length(price.cycle), price.id))


def read_grid(request: Any) -> Grid:
    """The rows that were sent. A row without a price is left out, so that nothing is sold by an oversight."""
    grid = Grid([])
    seen: set[tuple[str, str]] = set()
    for number in range(MOST_ROWS):
        if f"amount-{number}" not in request.POST:
            break
        sent = {name: request.POST.getall(f"{name}-{number}") for name in NAMES}
        row = {name: str(values[0]).strip()[:40] if values else "" for name, values in sent.items()}
        grid.rows.append(row)
        for name, values in sent.items():
            if len(values) > 1:
                grid.errors[f"{name}-{number}"] = "This was sent more than once"
        if row["amount"] or row["setup"] or row["first"]:
            _read_row(grid, number, row, seen)
    return grid


def _read_row(grid: Grid, number: int, row: dict[str, str], seen: set[tuple[str, str]]) -> None:
    cycle = _guarded(grid, f"cycle-{number}", lambda: str(Cycle.parse(row["cycle"])))
    code = _guarded(grid, f"currency-{number}", lambda: _currency(row["currency"]))
    if cycle is None or code is None:
        return
    if (cycle, code) in seen:
        grid.errors.setdefault(f"cycle-{number}", f"{cycle} in {code} stands here twice")
    seen.add((cycle, code))
    amount = _guarded(grid, f"amount-{number}", lambda: read_money(row["amount"], code))
    setup = _guarded(grid, f"setup-{number}", lambda: read_money(row["setup"] or "0", code))
    first = (
        _guarded(grid, f"first-{number}", lambda: read_money(row["first"], code)) if row["first"] else None
    )
    if amount is not None and setup is not None:
        grid.wanted.append(WantedPrice(cycle, amount, setup, first))


def read_money(typed: str, currency: str, *, negative: bool = False) -> Money:
    """An amount of a price. Raises: InvalidInput."""
    amount = Money.parse(typed, currency)
    if amount.is_negative and not negative:
        raise InvalidInput("a price cannot be negative")
    if abs(amount.minor) > MOST_MINOR:
        raise InvalidInput("this amount is too large")
    return amount


def _currency(typed: str) -> str:
    try:
        return known_currency(typed.upper()).code
    except UnknownCurrency:
        raise InvalidInput("write a currency such as EUR") from None


def _guarded(grid: Grid, name: str, read: Any) -> Any:
    try:
        return read()
    except InvalidInput as error:
        grid.errors.setdefault(name, sentence(error.message))
        return None


def _row(price: Price) -> dict[str, str]:
    return {
        "cycle": price.cycle_name,
        "currency": price.currency,
        "amount": f"{price.amount.decimal:f}",
        "setup": f"{price.setup.decimal:f}" if price.setup.is_positive else "",
        "first": f"{price.first.decimal:f}" if price.first_minor is not None else "",
    }
