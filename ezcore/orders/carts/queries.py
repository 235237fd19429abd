"""Prices a cart, in a fixed number of queries whatever is in it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from itertools import islice

from sqlalchemy import func, literal, select, union_all
from sqlalchemy.orm import joinedload

from ezcore.billing.invoices.rules import LineDraft, assemble
from ezcore.billing.taxes import queries as taxes
from ezcore.billing.taxes.cases import Buyer as TaxBuyer
from ezcore.billing.taxes.rules import TaxCase
from ezcore.catalog.products import queries as products
from ezcore.catalog.products.models import Product
from ezcore.catalog.products.rules import configure
from ezcore.catalog.promotions.models import Promotion, PromotionUse
from ezcore.catalog.promotions.rules import (
    Buyer,
    Discount,
    Wanted,
    billings_left,
    code_key,
    discount_of,
    discounts,
    fits,
)
from ezcore.kernel.errors import InvalidInput
from ezcore.kernel.money import Money
from ezcore.kernel.period import Cycle, next_start
from ezcore.orders.carts.models import Cart, CartLine
from ezcore.orders.carts.rules import Estimate, EstimateLine, Renewal, Term, drafts, first_term, term_before
from ezcore.orders.orders.models import Order, OrderStatus
from ezcore.services.services.models import Service, ServiceState
from ezcore.work import UnitOfWork

RUNS = (ServiceState.ACTIVE, ServiceState.SUSPENDED)
_NOBODY = 0


def estimate(uow: UnitOfWork, cart: Cart, client_id: int | None = None) -> Estimate:
    """Price every line at today's prices, with the taxes of this client (None: a visitor, by the shop's own country).

    Raises: InvalidInput when a line can no longer be sold as configured.
    """
    today, currency = uow.today(), cart.currency
    known = products.products_whole(uow, {line.product_id for line in cart.lines})
    parents = parent_services(
        uow, client_id, {line.parent_service_id for line in cart.lines if line.parent_service_id}
    )
    day = today, uow.settings.billing.billing_day
    lines = [_line(line, known[line.product_id], cart, known, parents, day) for line in cart.lines]
    promotion = _promotion_of(uow, cart)
    wanted = [_wanted(line) for line in lines]
    holds = promotion is not None and fits(promotion, wanted, buyer_of(uow, client_id, promotion.id), today)
    if promotion is not None and holds:
        cuts = discounts(promotion, wanted)
        lines = [replace(line, discount=cut) for line, cut in zip(lines, cuts, strict=True)]
    used = promotion if holds else None
    case = case_of(uow, client_id)
    made = [drafts(line, None, used) for line in lines]
    sums = assemble([draft for of_line in made for draft in of_line], case, currency)
    rows = iter(sums.lines)
    taxed = [sum(row["amount_minor"] + row["tax_minor"] for row in islice(rows, len(one))) for one in made]
    lines = [
        replace(line, renewal=renewal(line, used, case), taxed=Money(minor, currency))
        for line, minor in zip(lines, taxed, strict=True)
    ]
    return Estimate(
        cart, lines, sums, case, used, lost=promotion is not None and not holds, guessed=client_id is None
    )


def _promotion_of(uow: UnitOfWork, cart: Cart) -> Promotion | None:
    if not cart.promotion_id:
        return None
    return uow.session.get(Promotion, cart.promotion_id, options=[joinedload(Promotion.amounts)])


def find_promotion(uow: UnitOfWork, typed: str) -> Promotion | None:
    """The promotion of a code; upper and lower case are the same. One query, whether it is there or not."""
    query = select(Promotion).where(Promotion.code == (code_key(typed) or ""))
    return uow.session.scalars(query.options(joinedload(Promotion.amounts))).unique().first()


def buyer_of(uow: UnitOfWork, client_id: int | None, promotion_id: int | None) -> Buyer:
    """What promotions ask about a buyer. The same queries for everybody, so that time tells nothing (B047)."""
    client = client_id or _NOBODY
    ordered = select(func.count()).where(Order.client_id == client, Order.status != OrderStatus.CANCELLED)
    used = select(func.count()).where(
        PromotionUse.promotion_id == (promotion_id or _NOBODY),
        PromotionUse.client_id == client,
        PromotionUse.given_back_at.is_(None),
    )
    # Two counts and a list of products in one question: a row each, told apart by their first column.
    parts = {
        "ordered": ordered,
        "used": used,
        "runs": select(Service.product_id).where(Service.client_id == client, Service.state.in_(RUNS)),
    }
    rows = uow.session.execute(
        union_all(*(query.add_columns(literal(part)) for part, query in parts.items()))
    ).all()
    counts = {part: value for value, part in rows if part != "runs"}
    return Buyer(not counts["ordered"], counts["used"], {value for value, part in rows if part == "runs"})


def holds_for(uow: UnitOfWork, cart: Cart, promotion: Promotion | None, client_id: int | None) -> bool:
    """Would this promotion make this cart cheaper? Does the same work for codes that do not exist."""
    buyer = buyer_of(uow, client_id, promotion.id if promotion else None)
    priced = estimate(uow, cart, client_id)
    asked = promotion or Promotion(kind="", percent_ppm=0, used=0, cycles=[], products=[], amounts=[])
    good = fits(asked, [_wanted(line) for line in priced.lines], buyer, uow.today())
    return good and promotion is not None


def case_of(uow: UnitOfWork, client_id: int | None) -> TaxCase:
    """The taxes of a client today; of a visitor, those of the shop's own country."""
    if client_id is None:
        return taxes.case_for(uow, TaxBuyer(uow.settings.tax.seller_country), uow.today())
    return taxes.case_of(uow, client_id, uow.today())


def parent_services(uow: UnitOfWork, client_id: int | None, ids: Collection[int]) -> Mapping[int, Service]:
    """The client's running services among these; those of others are not there."""
    if not ids or client_id is None:
        return {}
    query = select(Service).where(
        Service.id.in_(ids), Service.client_id == client_id, Service.state.in_(RUNS)
    )
    return {service.id: service for service in uow.session.scalars(query)}


def renewal(line: EstimateLine, promotion: Promotion | None, case: TaxCase) -> Renewal | None:
    """What the line costs from its next period on, with tax. Pure."""
    if line.term is None:
        return None
    conf, on = line.configured, line.term.period.end
    full = _with_tax(line, conf.recurring, case)
    left = billings_left(promotion, recurs=True) if promotion and line.discount.total.is_positive else 0
    if promotion is None or left == 0:
        return Renewal(on, full, full, None)
    amount = _with_tax(line, conf.recurring - discount_of(promotion, conf.recurring), case)
    if left is None:
        return Renewal(on, amount, full, None)
    end = on
    for _ in range(left):
        end = next_start(end, conf.cycle, line.term.anchor_day)
    return Renewal(on, amount, full, end)


def term_of(cycle: Cycle, today: date, parent: Service | None, billing_day: int = 0) -> Term | None:
    """The first period: from today for a cycle (up to the shop's billing day, if it has one).

    Co-termed with a service, it goes up to that service's next renewal.

    Raises: InvalidInput when the parent has no paid time left to share.
    """
    if not cycle.recurs:
        return None
    if parent is None:
        return first_term(today, cycle, billing_day)
    if parent.paid_until is None or parent.paid_until <= today:
        raise InvalidInput(f"{parent.label} has to be paid first", field="cart")
    full = term_before(parent.paid_until, cycle, parent.anchor_day)
    return Term(replace(full, start=today), parent.anchor_day, full)


def _line(
    line: CartLine,
    product: Product,
    cart: Cart,
    known: Mapping[int, Product],
    parents: Mapping[int, Service],
    day: tuple[date, int],
) -> EstimateLine:
    today, billing_day = day
    configured = configure(product, line.cycle_name, cart.currency, line.choices, today)
    service = _parent_service(line, product, parents, cart.currency)
    _check_parent(line, product, cart, known)
    term = term_of(configured.cycle, today, service if product.cotermed else None, billing_day)
    first = term.part_of(configured.first) if term else configured.first
    nothing = Money.zero(cart.currency)
    return EstimateLine(line, product, configured, term, first, Discount(nothing, nothing))


def _parent_service(
    line: CartLine, product: Product, parents: Mapping[int, Service], currency: str
) -> Service | None:
    if line.parent_service_id is None:
        return None
    service = parents.get(line.parent_service_id)
    if service is None or service.cancel_on is not None or service.currency != currency:
        raise InvalidInput(f"{product.name}: its service does not run any more", field="cart")
    if product.cotermed and service.cycle_name != line.cycle_name:
        raise InvalidInput(f"{product.name} is billed together with its service", field="cycle")
    return service


def _check_parent(line: CartLine, product: Product, cart: Cart, known: Mapping[int, Product]) -> None:
    if not product.is_addon or line.parent_service_id is not None:
        return
    parent = next((one for one in cart.lines if one.id == line.parent_id), None)
    if parent is None:
        raise InvalidInput(f"{product.name} is sold together with another product only", field="cart")
    if product.cotermed and parent.cycle_name != line.cycle_name:
        whole = known[parent.product_id].name
        raise InvalidInput(f"{product.name} is billed together with {whole}", field="cycle")


def _wanted(line: EstimateLine) -> Wanted:
    return Wanted(line.product.id, line.line.cycle_name, line.first, line.setup)


def _with_tax(line: EstimateLine, amount: Money, case: TaxCase) -> Money:
    draft = LineDraft("", amount, tax_class=line.product.tax_class)
    return assemble([draft], case, amount.currency).total
