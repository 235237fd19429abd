"""The list of products and the page of one: its card, stock and add-ons; each form answers at its own address."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any, Final

from markupsafe import Markup
from pydantic import BaseModel, Field, StringConstraints
from pyramid.httpexceptions import HTTPSeeOther
from sqlalchemy import select

from ezcore.catalog.products import operations as catalog
from ezcore.catalog.products import queries
from ezcore.catalog.products.models import Price, Product, ProductAddon, ProductGroup
from ezcore.catalog.products.rules import prices_on
from ezcore.kernel.errors import InvalidInput, NotFound
from ezcore.languages import say
from ezcore.web.admin.products.grid import Grid, in_order, standing_grid
from ezcore.web.admin.tables import Column, link, listing
from ezcore.web.shared import cycles
from ezcore.web.shared.flash import flash
from ezcore.web.shared.form_fields import fields_of
from ezcore.web.shared.forms import Form, read_form
from ezcore.web.shared.markup import badge, money
from ezcore.web.shared.path_ids import as_id, path_id
from ezcore.web.shared.views import page

TEMPLATE: Final = "admin/products/product.pt"
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
Area: Final[dict[str, Any]] = {"ui": {"widget": "textarea"}}


class Card(BaseModel):
    """What stands on a product's card."""

    name: Line = Field(title="Name")
    blurb: str = Field("", title="One line", max_length=200)
    description: str = Field("", title="Description", max_length=5000, json_schema_extra=Area)
    features: list[str] = Field(
        default_factory=list, title="Features", description="One per line", max_length=30
    )
    tax_class: str = Field(
        "standard",
        title="Tax class",
        pattern=r"^[a-z][a-z0-9_-]{0,39}$",
        description="Such as standard or reduced",
    )
    featured: bool = Field(default=False, title="Most chosen")
    hidden: bool = Field(default=False, title="Not shown in the store")
    cotermed: bool = Field(
        default=False,
        title="Billed together with its parent",
        description="For add-ons: renews on the parent's day",
    )


class Stock(BaseModel):
    """How many are left; nothing: not counted. `shown` is what the page showed."""

    stock: int | None = Field(None, title="Pieces left", description="Empty: not counted", ge=0, le=1_000_000)
    shown: int | None = None


@dataclass
class Typed:
    """What was typed in one of the page's forms, with what is wrong with it."""

    card: Form[Any] = field(default_factory=Form)
    stock: Form[Any] = field(default_factory=Form)
    grid: Grid | None = None
    dates: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


@page(
    "admin.products", "/admin/products/", permission="catalog.manage", template="admin/products/list.pt"
)  # fmt: skip
def products_list(request: Any) -> dict[str, Any]:
    """Everything that is sold, was sold, or goes with something."""
    today = request.uow.today()
    query = (
        select(Product, ProductGroup.name)
        .join(ProductGroup)
        .order_by(ProductGroup.position, ProductGroup.id, Product.is_addon, Product.position, Product.id)
    )

    def row(found: Any) -> list[Any]:
        product, shelf = found
        prices = in_order(prices_on(product, today))
        shown = [money(one.first) + " " + cycles.per(one.cycle) for one in prices[:2]]
        more = say(" and ${prices} more", prices=len(prices) - 2) if len(prices) > 2 else ""  # noqa: PLR2004 - two are shown
        state = "retired" if product.retired_at else "hidden" if product.hidden else "active"
        words = {"retired": "Retired", "hidden": "Hidden", "active": "On sale"}
        return [
            link(request, product.name, "admin.product", product.slug, id=product.id),
            say("Add-on") if product.is_addon else shelf,
            badge({"retired": "terminated", "hidden": "pending", "active": "active"}[state], words[state]),
            _joined(shown, more),
            "" if product.stock is None else product.stock,
        ]

    columns = (
        Column("Product"),
        Column("Shelf", "c-hide"),
        Column("Status", "c-r"),
        Column("Prices"),
        Column("Stock", "end"),
    )
    query = query.options(*queries.with_prices())
    return listing(
        request, query, row, title="Products", lead="Prices, options, add-ons and stock.", columns=columns,
        empty="Nothing is sold yet.",
    ).page()  # fmt: skip


def _joined(shown: list[Markup], more: str) -> Markup:
    return Markup(", ").join(shown) + more


@page("admin.product", "/admin/products/{id}/", permission="catalog.manage", template=TEMPLATE)
def product(request: Any) -> dict[str, Any]:
    """One product with everything that can be changed."""
    return facts(request, found(request), Typed())


@page(
    "admin.product", "/admin/products/{id}/", method="POST", permission="catalog.manage",
    audit="product.change", template=TEMPLATE,
)  # fmt: skip
def save(request: Any) -> Any:
    """Write the card."""
    one, form = found(request), read_form(request, Card)
    if form.is_valid:
        values = form.checked().model_dump()
        values["features"] = tuple(values["features"])
        try:
            catalog.change_product(request.uow, one, catalog.ProductFacts(**values))
        except InvalidInput as error:
            form.refuse(error)
    if form.errors:
        return again(request, one, Typed(card=form, errors=form.errors))
    return done(request, one, "The card is saved")


@page(
    "admin.product.stock", "/admin/products/{id}/stock/", method="POST", permission="catalog.manage",
    audit="product.stock", template=TEMPLATE,
)  # fmt: skip
def save_stock(request: Any) -> Any:
    """Count the stock anew."""
    one, form = found(request), read_form(request, Stock)
    if not form.is_valid:
        return again(request, one, Typed(stock=form, errors=form.errors))
    typed = form.checked()
    catalog.set_stock(request.uow, one, typed.stock, shown=typed.shown)
    return done(request, one, "The stock is saved")


@page(
    "admin.product.addons", "/admin/products/{id}/addons/", method="POST", permission="catalog.manage",
    audit="product.offer_addon", template=TEMPLATE,
)  # fmt: skip
def save_addons(request: Any) -> Any:
    """Offer the ticked add-ons, and no others."""
    one = found(request)
    wanted = [as_id(str(value)) for value in request.POST.getall("addon")]
    try:
        catalog.change_addons(request.uow, one, wanted)
    except InvalidInput as error:
        return again(request, one, Typed(errors={"addons": error.message}))
    return done(request, one, "The add-ons are saved")


@page(
    "admin.product.retire", "/admin/products/{id}/retire/", method="POST", permission="catalog.manage",
    audit="product.retire",
)  # fmt: skip
def retire(request: Any) -> Any:
    """Sell it no more, or again."""
    one = found(request)
    back = request.POST.get("back") == "yes"
    catalog.retire(request.uow, one, back=back)
    return done(request, one, f"{one.name} is on sale again" if back else f"{one.name} is retired")


def found(request: Any) -> Product:
    """The product of the address. Raises: NotFound."""
    return queries.product_whole(request.uow, path_id(request))


def done(request: Any, one: Product, words: str) -> Any:
    """Say so, and show the page again."""
    flash(request, "ok", words)
    return HTTPSeeOther(request.route_path("admin.product", id=one.id))


def again(request: Any, one: Product, typed: Typed) -> dict[str, Any]:
    """The page with what is wrong; nothing typed is lost."""
    request.response.status_code = 422
    return facts(request, one, typed)


def facts(request: Any, one: Product, typed: Typed) -> dict[str, Any]:
    """What the template prints."""
    today = request.uow.today()
    standing = {name: getattr(one, name) for name in Card.model_fields if name != "features"}
    standing["features"] = [feature.text for feature in one.features]
    grid = typed.grid or standing_grid(one, today, request.settings.shop.currency)
    shown = typed.card.values if typed.card.errors else standing
    return {
        "product": one,
        "fields": fields_of(Card, shown, typed.card.errors),
        "stock": typed.stock.values.get("stock", "" if one.stock is None else one.stock),
        "grid": grid,
        "dates": {"on_sale_from": today.isoformat(), "running_from": ""} | typed.dates,
        "versions": _versions(one),
        "current": {price.id for price in prices_on(one, today)},
        "addons": _addons(request, one),
        "errors": typed.errors,
        "labels": grid.labels | {name: info.title for name, info in Card.model_fields.items()},
        "today": today,
    }


def _versions(one: Product) -> list[Price]:
    return sorted(one.prices, key=lambda price: (price.currency, cycles.length(price.cycle), -price.id))


def _addons(request: Any, one: Product) -> list[tuple[Product, bool]]:
    """Every add-on there is, and whether this product offers it."""
    if one.is_addon:
        return []
    query = select(ProductAddon.addon_id).where(ProductAddon.product_id == one.id)
    offered = set(request.uow.session.scalars(query))
    every = (
        select(Product).where(Product.is_addon.is_(True), Product.retired_at.is_(None)).order_by(Product.name)
    )
    return [(addon, addon.id in offered) for addon in request.uow.session.scalars(every)]


def option_of(one: Product, key: str) -> Any:
    """An option of the product by its key. Raises: NotFound."""
    for option in one.options:
        if option.key == key:
            return option
    raise NotFound("there is no such option")
