"""From due services to bills, pure: periods with their anchor day, add-ons beside parents, one bill per due date."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from ezcore.billing.invoices.rules import LineDraft
from ezcore.billing.run.rows import Bill
from ezcore.catalog.promotions.models import Promotion
from ezcore.catalog.promotions.rules import Discount, discount_of
from ezcore.kernel.money import Money
from ezcore.kernel.period import Cycle, Period
from ezcore.orders.carts.rules import explain_discount
from ezcore.services.services.rules import next_period


@dataclass(frozen=True, slots=True)
class Found:
    """What was read for a part of the run, by id: names, promotions, who wants separate invoices, waiting lines."""

    products: Mapping[int, str]
    promotions: Mapping[int, Promotion] = field(default_factory=dict)
    separate: Mapping[int, bool] = field(default_factory=dict)
    extras: Mapping[int, Sequence[LineDraft]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """A bill and the services it moves on."""

    bill: Bill
    services: tuple[Any, ...]
    moves: tuple[tuple[int, date, None, int | None], ...]
    extras: tuple[LineDraft, ...] = ()

    @property
    def start(self) -> date:
        """When the periods of this bill start, and it is due."""
        return self.bill.due_on

    @property
    def words(self) -> str:
        """What it is, for people."""
        more = f" and {len(self.services) - 1} more" if len(self.services) > 1 else ""
        return f"{self.services[0].label}{more} from {self.start}"


@lru_cache(maxsize=4096)
def period_after(billed_until: date, cycle: str, anchor_day: int) -> Period:
    """The next period; many services of a run share theirs. Raises: InvalidInput, NotRecurring."""
    return next_period(billed_until, Cycle.parse(cycle), anchor_day)


def plans(services: Iterable[Any], found: Found, *, consolidate: bool) -> list[Plan]:
    """One plan per client, currency and day, or per service where that is wanted; in the order of the services."""
    together: dict[tuple[Any, ...], list[Any]] = {}
    for service in services:
        key: tuple[Any, ...] = (service.client_id, service.currency, service.billed_until)
        if not consolidate or found.separate.get(service.client_id, False):
            key = (*key, service.id)
        together.setdefault(key, []).append(service)
    waiting: dict[tuple[int, str], list[LineDraft]] = {}
    for client, lines in found.extras.items():
        for line in lines:
            waiting.setdefault((client, line.amount.currency), []).append(line)
    return [
        _plan(group, found, waiting.pop((group[0].client_id, group[0].currency), ()) if waiting else ())
        for group in together.values()
    ]


def _plan(group: Sequence[Any], found: Found, more: Sequence[LineDraft]) -> Plan:
    lines, moves = [], []
    for service in group:
        period = period_after(service.billed_until, service.cycle_name, service.anchor_day)
        product = found.products[service.product_id]
        lines.append(period_line(service, product, period))
        left = service.promotion_left
        if service.promotion_id is not None and left != 0:
            lines.extend(_discount(service, product, found.promotions[service.promotion_id]))
            left = None if left is None else left - 1
        moves.append((service.id, period.end, None, left))
    first = group[0]
    bill = Bill(first.client_id, first.currency, first.billed_until, (*lines, *more))
    return Plan(bill, tuple(group), tuple(moves), tuple(more))


def _discount(service: Any, product: str, promotion: Promotion) -> Iterable[LineDraft]:
    """What a promotion takes off this period, as a line of its own; the billing counts even where that is nothing."""
    price = Money(service.price_minor, service.currency)
    off = discount_of(promotion, price)
    if off.is_positive:
        yield LineDraft(
            f"{promotion.code} · {product}",
            -off,
            service_id=service.id,
            kind="discount",
            tax_class=service.tax_class,
            promotion_id=promotion.id,
            explain=explain_discount(promotion, price, Discount(off, Money.zero(service.currency))),
        )


def period_line(service: Any, product: str, period: Period) -> LineDraft:
    """The line of a period, as its first invoice words it."""
    label = service.label
    return LineDraft(
        f"{product} · {label}" if label != product else product,
        Money(service.price_minor, service.currency),
        ", ".join(f"{title}: {words}" for title, words in service.choices),
        service_id=service.id,
        period=period,
        kind="period",
        tax_class=service.tax_class,
        price_id=service.price_id,
        explain={"cycle": service.cycle_name, "base_minor": service.price_minor},
    )
