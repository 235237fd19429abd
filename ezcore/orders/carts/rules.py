"""Pure: a priced cart. What each line costs now and later, and the invoice lines that an order of it makes.

The estimate on a page and the invoice of the order are made of the same drafts by the same arithmetic
(`billing.invoices.rules.assemble`), so they cannot differ.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from ezcore.billing.invoices.rules import Assembled, LineDraft
from ezcore.billing.taxes.rules import TaxCase
from ezcore.catalog.products.models import Product
from ezcore.catalog.products.rules import Configured
from ezcore.catalog.promotions.models import Promotion
from ezcore.catalog.promotions.rules import Discount
from ezcore.kernel.money import Money
from ezcore.kernel.period import Cycle, Period, next_start
from ezcore.orders.carts.models import Cart, CartLine
from ezcore.services.services.rules import first_period


@dataclass(frozen=True)
class Term:
    """The first period of a line. `full` is the whole term that a co-termed add-on joins in the middle of."""

    period: Period
    anchor_day: int
    full: Period | None = None

    @property
    def share(self) -> tuple[int, int] | None:
        """Days that are paid, of the days of the whole term; None when all of them are."""
        if self.full is None or self.full.days == self.period.days:
            return None
        return self.period.days, self.full.days

    def part_of(self, amount: Money) -> Money:
        """The amount for the days of the first period, by real days, rounded half up."""
        if self.share is None:
            return amount
        days, whole = self.share
        return Money((2 * amount.minor * days + whole) // (2 * whole), amount.currency)


@dataclass(frozen=True)
class Renewal:
    """What a line costs later, with tax: `amount` from `on`; when a promotion ends before, `full` from `full_from`."""

    on: date
    amount: Money
    full: Money
    full_from: date | None

    @property
    def changes(self) -> bool:
        """Does the price rise when the promotion ends?"""
        return self.full_from is not None and self.full != self.amount


@dataclass(frozen=True)
class EstimateLine:
    """A priced cart line; amounts as the shop states prices (tax included or not).

    `first` is due now for the first period (part of a term for an add-on that joins its parent's), `discount` what the
    promotion takes off now.
    """

    line: CartLine
    product: Product
    configured: Configured
    term: Term | None
    first: Money
    discount: Discount
    renewal: Renewal | None = None
    taxed: Money | None = None

    @property
    def setup(self) -> Money:
        """Once, now."""
        return self.configured.setup

    @property
    def renews_on(self) -> date | None:
        """The first day of the next period, None for one-time things."""
        return self.term.period.end if self.term else None

    @property
    def due_now(self) -> Money:
        """First period and setup fee, the discount taken off, as the shop states prices."""
        return self.first + self.setup - self.discount.total

    @property
    def total_now(self) -> Money:
        """The same with the line's share of the taxes: these add up to what is due."""
        return self.due_now if self.taxed is None else self.taxed


@dataclass(frozen=True)
class Estimate:
    """A priced cart: what is due now, with tax, and what comes back each cycle.

    `sums` are those of the invoice that an order would make. `lost` says that a code was applied and does not hold
    (any more). `guessed` says that taxes are those of the shop's own country: nobody has said where the buyer is.
    """

    cart: Cart
    lines: Sequence[EstimateLine]
    sums: Assembled
    case: TaxCase
    promotion: Promotion | None = None
    lost: bool = False
    guessed: bool = False

    @property
    def is_empty(self) -> bool:
        """Nothing in it."""
        return not self.lines

    @property
    def due_now(self) -> Money:
        """What the invoice will ask for."""
        return self.sums.total

    @property
    def before(self) -> Money:
        """First periods and setup fees before the discount, as the shop states prices."""
        return Money.total((line.first + line.setup for line in self.lines), self.cart.currency)

    @property
    def discount(self) -> Money:
        """What the promotion takes off now, as the shop states prices."""
        return Money.total((line.discount.total for line in self.lines), self.cart.currency)

    @property
    def taxes(self) -> list[tuple[str, Money]]:
        """Name and amount of each tax."""
        currency = self.cart.currency
        return [(row["name"], Money(row["tax_minor"], currency)) for row in self.sums.taxes]


def drafts(line: EstimateLine, service_id: int | None, promotion: Promotion | None) -> list[LineDraft]:
    """The invoice lines of one cart line: its period, its setup fee, and the discount as a line of its own."""
    conf, product = line.configured, line.product
    label = line.line.label or product.name
    period = LineDraft(
        f"{product.name} · {label}" if label != product.name else product.name,
        line.first,
        ", ".join(f"{title}: {words}" for title, words in conf.choices),
        service_id=service_id,
        period=line.term.period if line.term else None,
        kind="period" if line.term else "item",
        tax_class=product.tax_class,
        price_id=conf.price.id,
        explain=_explain(line),
    )
    bare = replace(period, detail="", period=None)
    made = [period]
    if line.setup.is_positive:
        name = f"{product.name} · setup"
        made.append(replace(bare, description=name, amount=line.setup, kind="setup", explain={}))
    if promotion is not None and line.discount.total.is_positive:
        made.append(
            replace(
                bare,
                description=f"{promotion.code} · {product.name}",
                amount=-line.discount.total,
                kind="discount",
                price_id=None,
                promotion_id=promotion.id,
                explain=explain_discount(promotion, line.first, line.discount),
            )
        )
    return made


def explain_discount(promotion: Promotion, of: Money, taken: Discount) -> dict[str, object]:
    """The facts of a discount line, for the words on the invoice."""
    facts: dict[str, object] = {
        "code": promotion.code,
        "promotion": promotion.kind,
        "of_minor": of.minor,
        "recurring_minor": taken.recurring.minor,
        "setup_minor": taken.setup.minor,
    }
    if promotion.percent_ppm:
        facts["percent_ppm"] = promotion.percent_ppm
    return facts


def first_term(today: date, cycle: Cycle, billing_day: int) -> Term:
    """The first period of a new service: a whole one from today, or up to the shop's fixed billing day.

    With a billing day (1 to 28; 0 is none) months and years begin on it, and the days before it are a part of a term.
    """
    if not billing_day or cycle.unit not in ("month", "year") or today.day == billing_day:
        return Term(first_period(today, cycle), today.day)
    end = next_start(today.replace(day=1), Cycle(1, "month"), billing_day)
    if today.day < billing_day:
        end = today.replace(day=billing_day)
    return Term(Period(today, end), billing_day, term_before(end, cycle, billing_day))


def term_before(end: date, cycle: Cycle, anchor_day: int) -> Period:
    """The whole term that ends on this day: the one that `next_start` would make from its start."""
    if cycle.unit in ("day", "week"):
        return Period(end - timedelta(days=cycle.count * (7 if cycle.unit == "week" else 1)), end)
    months = cycle.count * (12 if cycle.unit == "year" else 1)
    year, month = divmod(end.year * 12 + end.month - 1 - months, 12)
    return Period(date(year, month + 1, min(anchor_day, monthrange(year, month + 1)[1])), end)


def _explain(line: EstimateLine) -> dict[str, object]:
    conf = line.configured
    facts: dict[str, object] = {
        "cycle": str(conf.cycle),
        "base_minor": (conf.price.first if conf.has_other_first_term else conf.price.amount).minor,
        "options": [[part.title, part.words, part.recurring.minor] for part in conf.parts],
    }
    if conf.has_other_first_term:
        facts["first_term"] = True
    if line.term is not None and line.term.share is not None:
        facts["days"], facts["of_days"] = line.term.share
    return facts
