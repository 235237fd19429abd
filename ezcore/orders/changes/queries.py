"""What a service may be changed to, and what that costs: the preview is the charge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from ezcore.billing.invoices.models import Invoice, InvoiceLine, InvoiceStatus
from ezcore.billing.invoices.rules import Assembled, LineDraft, assemble
from ezcore.billing.taxes import queries as taxes
from ezcore.catalog.products import queries as products
from ezcore.catalog.products.models import Product
from ezcore.catalog.products.rules import Configured, configure
from ezcore.catalog.promotions.models import Promotion
from ezcore.catalog.promotions.rules import discount_of
from ezcore.kernel.errors import InvalidInput, Refused
from ezcore.kernel.money import Money
from ezcore.kernel.period import Period
from ezcore.orders.changes.models import ChangeState, ServiceChange
from ezcore.orders.changes.rules import Difference, Proration, difference, share
from ezcore.services.services.models import Service, ServiceState
from ezcore.work import UnitOfWork


@dataclass(frozen=True)
class Preview:
    """What a change does: product and options today, price and cycle from the next renewal.

    `difference` is in the shop's way of stating prices, `document` the taxed lines of the invoice or credit note. For a
    downgrade the document is positive and is given back (`gives_back`). `invoice` billed the running period; `running`
    is what the whole of it would have cost after the change, `renewal_off` what a promotion that still lasts takes off
    the next renewal.
    """

    service: Service
    product: Product
    configured: Configured
    proration: Proration
    difference: Difference
    document: Assembled
    invoice: Invoice
    running: Money
    renewal_off: Money

    @property
    def gives_back(self) -> bool:
        """Is money given back instead of asked for?"""
        return self.difference.net.is_negative

    @property
    def taxes(self) -> list[tuple[str, Money]]:
        """Each tax by its name, as it is added to the difference (negative when it is given back)."""
        sign = -1 if self.gives_back else 1
        return [
            (str(tax["name"]), Money(tax["tax_minor"] * sign, self.service.currency))
            for tax in self.document.taxes
        ]

    @property
    def renews_on(self) -> date:
        """First day of the first period at the new price."""
        return self.proration.period.end

    @property
    def renewal(self) -> Money:
        """What the first renewal costs, as the shop states prices."""
        return self.configured.recurring - self.renewal_off


def targets(uow: UnitOfWork, service: Service) -> list[Product]:
    """Products that this service may become: of its group and module, on sale, sold in its currency."""
    own = uow.session.get_one(Product, service.product_id, options=[joinedload(Product.group)])
    found = [one for one in products.store_products(uow, own.group) if one.module == own.module]
    return [one for one in found if any(price.currency == service.currency for price in one.prices)]


def preview(
    uow: UnitOfWork,
    service: Service,
    slug: str,
    cycle: str,
    selection: Mapping[str, str],
    on: date,
    among: Sequence[Product] | None = None,
) -> Preview:
    """Price a change; `among` is what `targets` gave, when it was asked already.

    Raises: Refused (not active, not paid, nothing changes); InvalidInput naming the field.
    """
    line, invoice = _paid_period(uow, service, on)
    product = next((one for one in among or targets(uow, service) if one.slug == slug), None)
    if product is None:
        raise InvalidInput("this service cannot become that product", field="product")
    target = configure(product, cycle, service.currency, selection, on)
    if (product.id, str(target.cycle), target.selection) == (
        service.product_id,
        service.cycle_name,
        service.selection,
    ):
        raise Refused("nothing changes")
    if line.period_start is None or line.period_end is None:
        raise Refused("only a service that recurs can be changed")
    proration = Proration(Period(line.period_start, line.period_end), on)
    running = _for_period(product, target, service, proration.period, on)
    promotion = _promotion(uow, service, invoice, line)
    if promotion is not None:
        running -= discount_of(promotion, running)
    found = difference(_worth(uow, service, invoice, line), running, proration)
    case = taxes.cases(uow, [service.client_id], on)[service.client_id]
    lines = drafts(service, product, proration, found)
    return Preview(
        service,
        product,
        target,
        proration,
        found,
        assemble(lines, case, service.currency),
        invoice,
        running,
        _renewal_off(uow, service, target.recurring),
    )


def drafts(service: Service, product: Product, proration: Proration, found: Difference) -> list[LineDraft]:
    """The two lines of a change; mirrored when money is given back."""
    sign = -1 if found.net.is_negative else 1
    facts = {"days": proration.unused, "of_days": proration.days, "from": str(proration.on)}
    old = LineDraft(
        f"{service.label} · unused part of the old price",
        found.given_back.times(-sign),
        f"{proration.unused} of {proration.days} days",
        service_id=service.id,
        period=proration.rest,
        kind="proration",
        tax_class=service.tax_class,
        price_id=service.price_id,
        explain={"rule": "proration", "side": "old", **facts},
    )
    new = LineDraft(
        f"{product.name} · {service.label}",
        found.charged.times(sign),
        f"{proration.unused} of {proration.days} days",
        service_id=service.id,
        period=proration.rest,
        kind="proration",
        tax_class=product.tax_class,
        explain={"rule": "proration", "side": "new", **facts},
    )
    return [one for one in (old, new) if not one.amount.is_zero]


def pending_of(uow: UnitOfWork, service_id: int) -> ServiceChange | None:
    """The change that waits to be paid."""
    key = f"service:{service_id}"
    return uow.session.scalars(select(ServiceChange).where(ServiceChange.live_key == key)).first()


def of_service(uow: UnitOfWork, service_id: int) -> Sequence[ServiceChange]:
    """Every change of a service, the latest first."""
    query = select(ServiceChange).where(ServiceChange.service_id == service_id)
    return uow.session.scalars(query.order_by(ServiceChange.id.desc())).all()


def _paid_period(uow: UnitOfWork, service: Service, on: date) -> tuple[InvoiceLine, Invoice]:
    if service.state != ServiceState.ACTIVE or service.cancel_on is not None:
        raise Refused("only an active service that goes on can be changed")
    row = uow.session.execute(
        select(InvoiceLine, Invoice)
        .join(Invoice, Invoice.id == InvoiceLine.invoice_id)
        .where(
            InvoiceLine.service_id == service.id,
            InvoiceLine.period_key.is_not(None),
            InvoiceLine.period_start <= on,
            InvoiceLine.period_end > on,
        )
    ).first()
    if row is None:
        raise Refused("the running period of this service was not billed here")
    if row[1].status != InvoiceStatus.PAID:
        raise Refused(f"please pay invoice {row[1].number} first")
    return row[0], row[1]


def _worth(uow: UnitOfWork, service: Service, invoice: Invoice, line: InvoiceLine) -> Money:
    """What the whole running period costs as the service is now: what was invoiced, or what the last change made it."""
    query = select(ServiceChange).where(
        ServiceChange.service_id == service.id,
        ServiceChange.state == ChangeState.APPLIED,
        ServiceChange.effective_on >= line.period_start,
    )
    last = uow.session.scalars(query.order_by(ServiceChange.id.desc()).limit(1)).first()
    if last is not None:
        return Money(int(last.after["running_minor"]), service.currency)
    parts = [
        one for one in invoice.lines if one.service_id == service.id and one.kind in ("period", "discount")
    ]
    inclusive = uow.settings.tax.prices == "inclusive"
    return Money.total((one.gross if inclusive else one.amount for one in parts), service.currency)


def _for_period(product: Product, target: Configured, service: Service, period: Period, on: date) -> Money:
    """The new price for the running period: the one of the cycle that runs, else the new cycle's by the day."""
    if str(target.cycle) == service.cycle_name:
        return target.recurring
    try:
        return configure(product, service.cycle_name, service.currency, target.selection, on).recurring
    except InvalidInput:
        return share(target.recurring, period.days, Period.of(period.start, target.cycle).days)


def _promotion(uow: UnitOfWork, service: Service, invoice: Invoice, line: InvoiceLine) -> Promotion | None:
    """The promotion that cut the running period; it cuts the new price too."""
    cut = [one for one in invoice.lines if one.service_id == service.id and one.kind == "discount"]
    if not cut or line.period_start is None or cut[0].promotion_id is None:
        return None
    return uow.session.get(Promotion, cut[0].promotion_id)


def _renewal_off(uow: UnitOfWork, service: Service, price: Money) -> Money:
    """What the service's promotion takes off the next renewal at this price: nothing once it has run out."""
    if service.promotion_id is None or service.promotion_left == 0:
        return Money.zero(price.currency)
    return discount_of(uow.session.get_one(Promotion, service.promotion_id), price)
