"""The list of promotions, adding and changing one, ending it, and what it would do to a cart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Any, Final

from pydantic import BaseModel, Field, StringConstraints
from pyramid.httpexceptions import HTTPSeeOther
from sqlalchemy import select

from ezcore.billing.taxes.rules import parse_rate, percent
from ezcore.catalog.products import queries as products
from ezcore.catalog.products.models import Price, Product
from ezcore.catalog.products.rules import prices_on
from ezcore.catalog.promotions import operations as promotions
from ezcore.catalog.promotions import words
from ezcore.catalog.promotions.models import Promotion
from ezcore.catalog.promotions.operations import Terms
from ezcore.catalog.promotions.rules import Buyer, Discount, Wanted, discount_of, discounts, fits
from ezcore.kernel.currency import UnknownCurrency
from ezcore.kernel.errors import InvalidInput, NotFound
from ezcore.kernel.money import Money
from ezcore.web.admin.products.grid import in_order, read_money
from ezcore.web.admin.tables import Column, link, listing
from ezcore.web.shared import cycles
from ezcore.web.shared.flash import flash
from ezcore.web.shared.form_fields import fields_of
from ezcore.web.shared.forms import Form, read_form
from ezcore.web.shared.markup import badge, day
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.views import page

FORM: Final = "admin/promotions/form.pt"
FIELDS: Final = {"cycle": "cycles", "ends_on": "last_day", "requires_product_id": "requires"}
"""Where the form says otherwise than the terms."""
Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=80)]


class What(StrEnum):
    """What a promotion does, in the words of the form."""

    PERCENTAGE_OFF = "percent"
    AMOUNT_OFF = "fixed"
    PRICE_INSTEAD = "price_override"
    NO_SETUP_FEE = "free_setup"


class TermsInput(BaseModel):
    """A promotion as it is typed."""

    code: Short = Field(
        title="Code", description="Letters, digits, - and _; upper and lower case are the same"
    )
    kind: What = Field(What.PERCENTAGE_OFF, title="What it does")
    percent: Short = Field(
        "", title="Percent", description="For a percentage off", json_schema_extra={"ui": {"suffix": "%"}}
    )
    amounts: list[str] = Field(
        default_factory=list,
        title="Amounts",
        description="For an amount off or a price instead, one per line: 5.00 EUR",
    )
    on_setup: bool = Field(default=False, title="Setup fees are cut as well")
    recurrences: int | None = Field(
        None,
        title="How many billings",
        description="The first included. Empty: for as long as the service runs",
    )
    cycles: list[str] = Field(
        default_factory=list,
        title="Only for these cycles",
        description="One per line, such as 1 year. Empty: all",
    )
    once_per_order: bool = Field(default=False, title="Only the dearest line of an order")
    max_uses: int | None = Field(None, title="How many orders may use it", description="Empty: no limit")
    once_per_client: bool = Field(default=False, title="Once per client")
    new_clients_only: bool = Field(default=False, title="Only for clients who have not ordered yet")
    starts_on: date | None = Field(None, title="First day")
    last_day: date | None = Field(None, title="Last day")
    note: str = Field("", title="Note for staff", max_length=200)
    products: list[int] = Field(default_factory=list)
    requires: int | None = None


@dataclass(frozen=True)
class Trial:
    """What a promotion does to one product in a cart of its own."""

    product: Product
    price: Price
    cut: Discount
    renewal: Money

    @property
    def due_now(self) -> Money:
        """The first invoice, taxes left out."""
        return self.price.first + self.price.setup - self.cut.total


@page(
    "admin.promotions", "/admin/promotions/", permission="catalog.manage", template="admin/promotions/list.pt"
)
def promotions_list(request: Any) -> dict[str, Any]:
    """Every code, the newest first, each with one sentence that says what it does."""
    named = request.uow.session.execute(select(Product.id, Product.name))
    names: dict[int, str] = {row.id: row.name for row in named}
    today = request.uow.today()

    def row(found: Any) -> list[Any]:
        (promotion,) = found
        limit = "" if promotion.max_uses is None else f" of {promotion.max_uses}"
        return [
            link(request, promotion.code, "admin.promotion", promotion.note, id=promotion.id),
            _badge(promotion, today),
            words.sentence(promotion, names),
            f"{promotion.used}{limit}",
        ]

    return listing(
        request, select(Promotion).order_by(Promotion.id.desc()), row, title="Promotions",
        lead="An order has at most one code.",
        columns=(Column("Code"), Column("Status", "c-r"), Column("What it does"), Column("Used", "end")),
        empty="No code yet.",
    ).page()  # fmt: skip


@page("admin.promotion.new", "/admin/promotions/new/", permission="catalog.manage", template=FORM)
def new_promotion(request: Any) -> dict[str, Any]:
    """An empty form."""
    return _page(request, None, Form())


@page(
    "admin.promotion.new", "/admin/promotions/new/", method="POST", permission="catalog.manage",
    audit="promotion.create", template=FORM,
)  # fmt: skip
def create_promotion(request: Any) -> Any:
    """A new code."""
    form = read_form(request, TermsInput)
    made = _try(form, lambda terms: promotions.create(request.uow, terms))
    if made is None:
        request.response.status_code = 422
        return _page(request, None, form)
    flash(request, "ok", f"{made.code} can be used")
    return HTTPSeeOther(request.route_path("admin.promotion", id=made.id))


@page("admin.promotion", "/admin/promotions/{id}/", permission="catalog.manage", template=FORM)
def promotion(request: Any) -> dict[str, Any]:
    """Its terms, and what it does to a cart with `?product=`."""
    return _page(request, _found(request), Form())


@page(
    "admin.promotion", "/admin/promotions/{id}/", method="POST", permission="catalog.manage",
    audit="promotion.change", template=FORM,
)  # fmt: skip
def save_promotion(request: Any) -> Any:
    """New terms for orders from now on."""
    one, form = _found(request), read_form(request, TermsInput)

    def change(terms: Terms) -> Promotion:
        promotions.change(request.uow, one, terms)
        return one

    if _try(form, change) is None:
        request.response.status_code = 422
        return _page(request, one, form)
    flash(request, "ok", f"{one.code} is saved")
    return HTTPSeeOther(request.route_path("admin.promotion", id=one.id))


@page(
    "admin.promotion.end", "/admin/promotions/{id}/end/", method="POST", permission="catalog.manage",
    audit="promotion.end",
)  # fmt: skip
def end_promotion(request: Any) -> Any:
    """Nobody can use it any more."""
    one = _found(request)
    promotions.end(request.uow, one)
    flash(request, "ok", f"{one.code} has ended; services keep what they were promised")
    return HTTPSeeOther(request.route_path("admin.promotion", id=one.id))


def _try(form: Form[TermsInput], act: Any) -> Promotion | None:
    """Do it with what was typed; None, with the errors in the form, when something is wrong."""
    if not form.is_valid:
        return None
    try:
        made: Promotion = act(_terms(form.checked()))
    except InvalidInput as error:
        name = FIELDS.get(error.field or "", error.field)
        form.refuse(InvalidInput(error.message, field=name))
        return None
    return made


def _terms(typed: TermsInput) -> Terms:
    """Raises: InvalidInput naming the field."""
    rate = 0
    if typed.kind == "percent":
        try:
            rate = parse_rate(typed.percent)
        except InvalidInput:
            raise InvalidInput("write a percentage such as 20 or 12.5", field="percent") from None
    facts = typed.model_dump(
        include={
            "code", "kind", "on_setup", "once_per_order", "recurrences", "max_uses", "once_per_client",
            "new_clients_only", "starts_on", "note",
        }
    )  # fmt: skip
    return Terms(
        **facts,
        percent_ppm=rate,
        amounts=tuple(_amount(line) for line in typed.amounts),
        cycles=tuple(typed.cycles),
        products=tuple(typed.products),
        requires_product_id=typed.requires,
        ends_on=typed.last_day + timedelta(days=1) if typed.last_day else None,
    )


def _amount(line: str) -> Money:
    figure, _, currency = line.partition(" ")
    try:
        return read_money(figure, currency.strip().upper())
    except UnknownCurrency:
        raise InvalidInput("write an amount and its currency, such as 5.00 EUR", field="amounts") from None
    except InvalidInput as error:
        raise InvalidInput(error.message, field="amounts") from None


def _found(request: Any) -> Promotion:
    one: Promotion | None = request.uow.session.get(Promotion, path_id(request))
    if one is None:
        raise NotFound("there is no such promotion")
    return one


def _badge(one: Promotion, today: date) -> Any:
    if one.retired_at is not None or (one.ends_on is not None and one.ends_on <= today):
        return badge("terminated", "Over")
    if one.max_uses is not None and one.used >= one.max_uses:
        return badge("suspended", "Used up")
    if one.starts_on is not None and one.starts_on > today:
        return badge("pending", "Later")
    return badge("active", "In use")


def _standing(one: Promotion) -> dict[str, Any]:
    values = {name: getattr(one, name) for name in TermsInput.model_fields if hasattr(one, name)}
    return values | {
        "percent": percent(one.percent_ppm) if one.percent_ppm else "",
        "amounts": [
            f"{Money(row.amount_minor, row.currency).decimal:f} {row.currency}" for row in one.amounts
        ],
        "last_day": one.ends_on - timedelta(days=1) if one.ends_on else None,
        "requires": one.requires_product_id,
    }


def _page(request: Any, one: Promotion | None, form: Form[Any]) -> dict[str, Any]:
    every = request.uow.session.scalars(
        select(Product)
        .where(Product.retired_at.is_(None))
        .order_by(Product.name)
        .options(*products.with_prices())
    ).all()
    shown = form.values if form.errors else _standing(one) if one is not None else {}
    kept = [
        field
        for field in fields_of(TermsInput, shown, form.errors)
        if field.name not in ("products", "requires")
    ]
    names = {product.id: product.name for product in every}
    today = request.uow.today()
    return {
        "promotion": one,
        "fields": kept,
        "products": every,
        "chosen": {str(number) for number in shown.get("products") or ()},
        "requires": str(shown.get("requires") or ""),
        "sentence": words.sentence(one, names, show=_plain, day=_day) if one is not None else "",
        "status": _badge(one, today) if one is not None else "",
        "trials": _trials(request, one, every) if one is not None else [],
        "picked": request.GET.get("product", ""),
        "per": cycles.per,
        "day": day,
        "errors": form.errors,
    }


def _trials(request: Any, one: Promotion, every: Sequence[Product]) -> list[Trial]:
    """What it does to the product of `?product=`, per price; nothing for a product that it does not fit."""
    picked = next((each for each in every if str(each.id) == request.GET.get("product")), None)
    if picked is None:
        return []
    today, found = request.uow.today(), []
    for price in in_order(prices_on(picked, today)):
        wanted = [Wanted(picked.id, price.cycle_name, price.first, price.setup)]
        nothing = Money.zero(price.currency)
        # A cart that has what the promotion asks for, of a client who is new.
        buyer = Buyer(ran_products=[one.requires_product_id] if one.requires_product_id else [])
        cut = discounts(one, wanted)[0] if fits(one, wanted, buyer, today) else Discount(nothing, nothing)
        later = price.amount - discount_of(one, price.amount) if cut.recurring.is_positive else price.amount
        found.append(Trial(picked, price, cut, price.amount if one.recurrences == 1 else later))
    return found


def _plain(amount: Money) -> str:
    return f"{amount.decimal:f} {amount.currency}"


def _day(value: date) -> str:
    return f"{value:%-d %b %Y}"
