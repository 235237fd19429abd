"""Take in reports of usage, and bill the periods that are over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, update

from ezcore.billing.invoices.models import InvoiceLine
from ezcore.billing.invoices.rules import LineDraft
from ezcore.catalog.metrics.models import MetricKind, ProductMetric
from ezcore.catalog.metrics.rules import MILLI, Charge, charge, tiers_of
from ezcore.catalog.products.models import Product
from ezcore.db.once import insert_once
from ezcore.kernel.errors import InvalidInput, NotFound
from ezcore.kernel.period import Period
from ezcore.services.services.models import Service
from ezcore.services.usage.models import UsageBill, UsageRecord
from ezcore.work import UnitOfWork

LARGEST = 10**15


@dataclass(frozen=True)
class Ended:
    """A metric of a service in a period that is over and not billed yet."""

    service: Service
    metric: ProductMetric
    period: Period


def report(uow: UnitOfWork, service: Service, metric: str, quantity: Decimal, at: datetime, key: str) -> bool:
    """Take in a report: so much was used (period metrics), or is so high (snapshots), at a moment. Once per `key`.

    Returns False for a report that was taken before. Raises: NotFound for a metric the product does not have;
    InvalidInput naming `quantity` (negative, not a number, finer than a thousandth).
    """
    known = select(ProductMetric.id).where(
        ProductMetric.product_id == service.product_id, ProductMetric.key == metric
    )
    if uow.session.scalar(known) is None:
        raise NotFound(f"{metric!r} is not counted for this product")
    milli = quantity * MILLI if quantity.is_finite() else Decimal(-1)
    if milli < 0 or milli != milli.to_integral_value() or milli > LARGEST:
        raise InvalidInput("a quantity is a number with at most three decimals", field="quantity")
    values = {
        "service_id": service.id,
        "metric": metric,
        "report_key": key[:120],
        "day": at.astimezone(ZoneInfo(uow.settings.shop.time_zone)).date(),
        "quantity_milli": int(milli),
        "reported_at": uow.now(),
    }
    return insert_once(uow.session, UsageRecord, values) is not None


def ended(uow: UnitOfWork, on: date) -> Sequence[Ended]:
    """What is to be billed on a day: the metrics of every billed period that ended by then."""
    rows = uow.session.execute(
        select(Service, ProductMetric, InvoiceLine.period_start, InvoiceLine.period_end)
        .join(ProductMetric, ProductMetric.product_id == Service.product_id)
        .join(InvoiceLine, InvoiceLine.service_id == Service.id)
        .outerjoin(
            UsageBill,
            (UsageBill.service_id == Service.id)
            & (UsageBill.metric == ProductMetric.key)
            & (UsageBill.period_start == InvoiceLine.period_start),
        )
        .where(InvoiceLine.period_key.is_not(None), InvoiceLine.period_end <= on, UsageBill.id.is_(None))
        .order_by(Service.client_id, Service.id, InvoiceLine.period_start, ProductMetric.id)
    )
    return [
        Ended(service, metric, Period(start, end)) for service, metric, start, end in rows if start and end
    ]


def used(uow: UnitOfWork, one: Ended) -> int:
    """The quantity of the period in thousandths; late reports of amounts count in the first period not billed yet."""
    of_metric = (
        UsageRecord.service_id == one.service.id,
        UsageRecord.metric == one.metric.key,
        UsageRecord.day < one.period.end,
    )
    if one.metric.kind == MetricKind.SNAPSHOT:
        highest = select(func.max(UsageRecord.quantity_milli)).where(
            *of_metric, UsageRecord.day >= one.period.start
        )
        return int(uow.session.scalar(highest) or 0)
    total = select(func.sum(UsageRecord.quantity_milli)).where(*of_metric, UsageRecord.bill_id.is_(None))
    return int(uow.session.scalar(total) or 0)


def bill(uow: UnitOfWork, one: Ended) -> tuple[UsageBill, LineDraft | None] | None:
    """Bill a metric of a period, once: its row, and the invoice line when it costs anything. None: billed before."""
    quantity = used(uow, one)
    currency = one.service.currency
    cost = charge(
        quantity, one.metric.included_milli, tiers_of(one.metric.tiers, currency), one.metric.mode, currency
    )
    values = {
        "service_id": one.service.id,
        "metric": one.metric.key,
        "period_start": one.period.start,
        "period_end": one.period.end,
        "used_milli": quantity,
        "amount_minor": cost.amount.minor,
        "currency": currency,
        "billed_at": uow.now(),
    }
    row = insert_once(uow.session, UsageBill, values)
    if row is None:
        return None
    uow.session.execute(
        update(UsageRecord)
        .where(
            UsageRecord.service_id == one.service.id,
            UsageRecord.metric == one.metric.key,
            UsageRecord.day < one.period.end,
            UsageRecord.bill_id.is_(None),
        )
        .values(bill_id=row)
    )
    stored = uow.session.get_one(UsageBill, row)
    return stored, _line(uow, one, quantity, cost) if cost.amount.is_positive else None


def _line(uow: UnitOfWork, one: Ended, quantity: int, cost: Charge) -> LineDraft:
    product = uow.session.get_one(Product, one.service.product_id)
    unit, billable = one.metric.unit, f"{cost.billable.normalize():f}"
    return LineDraft(
        f"{one.metric.title} · {one.service.label}",
        cost.amount,
        f"{billable} {unit} beyond the {_units(one.metric.included_milli)} {unit} included",
        service_id=one.service.id,
        period=one.period,
        kind="usage",
        tax_class=product.tax_class,
        explain={
            "rule": "usage",
            "unit": unit,
            "used": _units(quantity),
            "included": _units(one.metric.included_milli),
            "tiers": [[f"{units.normalize():f}", f"{rate:f}"] for units, rate in cost.parts],
        },
    )


def _units(milli: int) -> str:
    return f"{(Decimal(milli) / MILLI).normalize():f}"
