"""Tax arithmetic, pure: one tax amount per rate group of an invoice, split among its lines to the last cent.

Source: EN 16931 (BR-CO-17, BR-S-08): a tax is computed once on the sum of the lines that bear it, not line by line.
Rates are in parts per million (22 % is 220000). Rounding is half up, away from zero, so that a mirrored document
gives the exact negative.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, NamedTuple

from ezcore.kernel.errors import InvalidInput
from ezcore.kernel.money import CurrencyMismatch, Money

WHOLE: Final = 1_000_000
"""100 % in parts per million."""
STANDARD: Final = "standard"
"""The tax class of whatever says nothing else; also what an unknown class falls back to."""
UNTAXED: Final = "none"
"""The tax class of what never bears tax: money paid in, late fees."""


class Treatment(StrEnum):
    """Why an invoice bears tax, or does not."""

    TAXED = "taxed"
    REVERSE_CHARGE = "reverse_charge"
    EXEMPT = "exempt"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class TaxRate:
    """One tax. Level 2 comes on top of level 1 when `compound`, else on the same net amount.

    `category` is the code of EN 16931: S taxed, Z zero rate, AE reverse charge, E exempt, O outside the scope.
    """

    name: str
    rate_ppm: int
    level: int = 1
    compound: bool = False
    rule_id: int | None = None
    category: str = "S"


@dataclass(frozen=True)
class TaxCase:
    """What one client pays on one day: the rates by tax class, and whether prices contain them already.

    No rates mean no tax and no tax row (a shop that charges none); a rate of zero means a row that says why.
    `note` is printed on the document.
    """

    rates: Mapping[str, tuple[TaxRate, ...]] = field(default_factory=dict)
    inclusive: bool = False
    treatment: str = Treatment.TAXED
    note: str = ""
    _plans: dict[object, _Plan] = field(default_factory=dict, init=False, repr=False, compare=False)

    def rates_of(self, tax_class: str) -> tuple[TaxRate, ...]:
        """The rates of a class; a class that nobody defined is taxed like `standard`, never let off."""
        found = self.rates.get(tax_class)
        return self.rates.get(STANDARD, ()) if found is None else found

    def _plan_of(self, tax_class: str) -> _Plan:
        """How a class is computed; one object for all classes of the same rates, kept for the next invoice."""
        plan = self._plans.get(tax_class)
        if plan is None:
            rates = tuple(sorted(self.rates_of(tax_class), key=lambda rate: rate.level))
            group = (
                "group",
                *((rate.name, rate.rate_ppm, rate.level, rate.compound, rate.category) for rate in rates),
            )
            plan = self._plans.setdefault(group, _plan(rates))
            self._plans[tax_class] = plan
        return plan


NO_TAX: Final = TaxCase(treatment=Treatment.OUTSIDE)
"""The case of a shop that charges no tax."""


# Named tuples, not dataclasses: a billing run makes some of each per invoice, and these are made three times as fast.


class TaxableLine(NamedTuple):
    """An amount as priced: net where prices are exclusive, gross where they are inclusive. Negative for a discount."""

    amount: Money
    tax_class: str = STANDARD


class TaxedLine(NamedTuple):
    """A line with its share of the tax of its group."""

    net: Money
    tax: Money

    @property
    def gross(self) -> Money:
        """What the line costs in the end."""
        return self.net + self.tax


class TaxTotal(NamedTuple):
    """One tax of the invoice: `tax` on `base` (of a compound tax, the base contains the tax of level 1)."""

    name: str
    rate_ppm: int
    level: int
    compound: bool
    category: str
    base: Money
    tax: Money
    rule_id: int | None


class Taxed(NamedTuple):
    """The invoice in numbers: total = net + tax, net = the lines' nets, tax = the taxes = the lines' shares."""

    lines: tuple[TaxedLine, ...]
    taxes: tuple[TaxTotal, ...]
    net: Money
    tax: Money
    total: Money


def apply(lines: Sequence[TaxableLine], case: TaxCase, currency: str) -> Taxed:
    """Tax the lines of one invoice.

    Lines of the same rates are one group. Exclusive: the tax is rounded once per group. Inclusive: the group costs
    exactly the sum of its prices, and the net is what is left of it. A line's share differs from its own exact
    tax by less than two minor units per tax. With zero rates an inclusive price is the net: everybody pays the price
    shown. Raises: CurrencyMismatch when a line is of another currency.
    """
    shares = [0] * len(lines)
    totals: list[TaxTotal] = []
    priced = taxes = 0
    for plan, members in _groups(lines, case, currency).values():
        amounts = [lines[index].amount.minor for index in members]
        priced += sum(amounts)
        sign = _sign(amounts)
        plain = amounts if sign == 1 else [-amount for amount in amounts]
        net, of_group = _taken_out(sum(plain), plan) if case.inclusive else _put_on(sum(plain), plan)
        over = plan.whole + plan.every if case.inclusive else plan.whole
        below = 0
        for rate, part, tax in zip(plan.rates, plan.parts, of_group, strict=True):
            for index, share in zip(members, _spread(tax, plain, part, over), strict=True):
                shares[index] += sign * share
            totals.append(_total(rate, Money(sign * (net + below * rate.compound), currency), sign * tax))
            below += tax if rate.level == 1 else 0
            taxes += sign * tax
    net = priced - taxes if case.inclusive else priced
    return Taxed(
        _lines(lines, shares, currency, inclusive=case.inclusive),
        tuple(totals),
        Money(net, currency),
        Money(taxes, currency),
        Money(net + taxes, currency),
    )


class _Plan(NamedTuple):
    """The rates of a group in the order of their levels; `parts` is what each is of the net, over `whole`, exactly."""

    rates: tuple[TaxRate, ...]
    parts: tuple[int, ...]
    every: int
    whole: int


def _plan(rates: tuple[TaxRate, ...]) -> _Plan:
    first = sum(rate.rate_ppm for rate in rates if rate.level == 1)
    parts = tuple(rate.rate_ppm * (WHOLE + first * rate.compound) for rate in rates)
    return _Plan(rates, parts, sum(parts), WHOLE * WHOLE)


def _groups(lines: Sequence[TaxableLine], case: TaxCase, currency: str) -> dict[int, tuple[_Plan, list[int]]]:
    """Which lines bear the same rates."""
    groups: dict[int, tuple[_Plan, list[int]]] = {}
    for index, line in enumerate(lines):
        if line.amount.currency != currency:
            raise CurrencyMismatch(currency, line.amount.currency)
        plan = case._plan_of(line.tax_class)  # noqa: SLF001 - of this very module
        group = groups.get(id(plan))
        if group is None:
            groups[id(plan)] = (plan, [index])
        else:
            group[1].append(index)
    return groups


def _lines(
    lines: Sequence[TaxableLine], shares: Sequence[int], currency: str, *, inclusive: bool
) -> tuple[TaxedLine, ...]:
    pairs = ((line.amount, Money(share, currency)) for line, share in zip(lines, shares, strict=True))
    return tuple(TaxedLine(amount - tax if inclusive else amount, tax) for amount, tax in pairs)


def _total(rate: TaxRate, base: Money, tax: int) -> TaxTotal:
    return TaxTotal(
        rate.name,
        rate.rate_ppm,
        rate.level,
        rate.compound,
        rate.category,
        base,
        Money(tax, base.currency),
        rate.rule_id,
    )


def _sign(amounts: Sequence[int]) -> int:
    """-1 for a group that is to be computed upside down, so that the mirror of a document is its exact negative."""
    total = sum(amounts)
    return -1 if (total or next(filter(None, amounts), 0)) < 0 else 1


def _put_on(net: int, plan: _Plan) -> tuple[int, list[int]]:
    """The net, and each tax on it; a compound one on what level 1 made of it, as printed."""
    taxes: list[int] = []
    first = 0
    for rate in plan.rates:
        tax = half_up((net + first * rate.compound) * rate.rate_ppm, WHOLE)
        first += tax if rate.level == 1 else 0
        taxes.append(tax)
    return net, taxes


def _taken_out(gross: int, plan: _Plan) -> tuple[int, list[int]]:
    """The net inside a gross amount, and the taxes; together exactly the gross."""
    net = half_up(gross * plan.whole, plan.whole + plan.every)
    inside = gross - net
    if not plan.every:
        return net, [0] * len(plan.parts)
    return net, _spread(inside, plan.parts, inside, plan.every)


def _spread(whole: int, weights: Sequence[int], factor: int, over: int) -> list[int]:
    """Round the exact figures weight x factor / over so that they add up to `whole`: largest remainder.

    Not by weight alone, as `Money.allocate` does: among a price and a discount of nearly the same size a cent of
    rounding would grow into a share of many.
    """
    if len(weights) == 1:
        return [whole]
    floors = [divmod(weight * factor, over) for weight in weights]
    parts = [quotient for quotient, _ in floors]
    every, some = divmod(whole - sum(parts), len(parts)) if parts else (0, 0)
    if every or some:
        by_remainder = sorted(range(len(floors)), key=lambda index: -floors[index][1])
        for position, index in enumerate(by_remainder):
            parts[index] += every + (position < some)
    return parts


def half_up(numerator: int, denominator: int) -> int:
    """Divide and round half up, away from zero; the denominator is positive."""
    size = (2 * abs(numerator) + denominator) // (2 * denominator)
    return -size if numerator < 0 else size


def parse_rate(typed: str) -> int:
    """Read a percentage such as ``22``, ``9.975`` or ``8,1`` as parts per million. Raises: InvalidInput."""
    text = typed.strip().removesuffix("%").strip().replace(",", ".")
    whole, _, decimals = text.partition(".")
    digits = (
        whole.isascii() and whole.isdigit() and (not decimals or (decimals.isascii() and decimals.isdigit()))
    )
    if not digits or len(whole) > 3 or len(decimals) > 4:  # noqa: PLR2004 - 100 %, and ppm has four decimals of a percent
        raise InvalidInput("Write a percentage such as 22 or 9.975", field="rate")
    ppm = int(whole) * 10_000 + int(decimals.ljust(4, "0") or "0")
    if ppm > WHOLE:
        raise InvalidInput("A rate is between 0 and 100 percent", field="rate")
    return ppm


def percent(rate_ppm: int) -> str:
    """A rate as people write it: ``22``, ``9.975``."""
    whole, rest = divmod(rate_ppm, 10_000)
    return f"{whole}.{rest:04d}".rstrip("0") if rest else str(whole)
