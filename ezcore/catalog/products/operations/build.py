"""Build products, and take in what plugins offer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select

from ezcore.audit import operations as audit
from ezcore.catalog.options.operations import NewOption, option_from
from ezcore.catalog.products.models import ALWAYS, Price, Product, ProductAddon, ProductFeature, ProductGroup
from ezcore.db.once import insert_once
from ezcore.kernel.errors import InvalidInput
from ezcore.kernel.money import Money
from ezcore.kernel.period import Cycle
from ezcore.plugin_api.values import ProductKind, ProductOffer
from ezcore.work import UnitOfWork

# Words of the checkout's own addresses: /billing/checkout/<word>/ must never mean a product.
RESERVED_SLUGS = frozenset({"account", "billing", "review"})


@dataclass(frozen=True)
class NewPrice:
    """A price to create beside those of `NewProduct.prices`: another currency, or another first term."""

    cycle: str
    amount: Money
    setup: Money | None = None
    first: Money | None = None


@dataclass(frozen=True)
class NewProduct:
    """A product to create, with everything that stands on its card."""

    slug: str
    name: str
    kind: str
    blurb: str = ""
    module: str | None = None
    icon: str = "package"
    settings: dict[str, Any] = field(default_factory=dict)
    features: tuple[str, ...] = ()
    prices: dict[str, Money] = field(default_factory=dict)
    setup: Money | None = None
    more_prices: tuple[NewPrice, ...] = ()
    options: tuple[NewOption, ...] = ()
    featured: bool = False
    stock: int | None = None
    is_addon: bool = False
    cotermed: bool = False
    tax_class: str = "standard"
    source_plugin: str | None = None


def create_group(uow: UnitOfWork, slug: str, name: str, **facts: Any) -> ProductGroup:
    """A new shelf, the last unless told. Raises: NotAllowed, InvalidInput when the slug is taken or reserved."""
    uow.actor.require("catalog.manage")
    _free_slug(uow, slug)
    if "position" not in facts:
        facts["position"] = (uow.session.scalar(select(func.max(ProductGroup.position))) or 0) + 1
    group = ProductGroup(slug=slug, name=name, **facts)
    uow.session.add(group)
    uow.session.flush()
    audit.record(uow, "group.create", "product_group", group.id, after={"slug": slug, "name": name})
    return group


def create_product(uow: UnitOfWork, group: ProductGroup, new: NewProduct) -> Product:
    """A new product with prices, features and options. Raises: NotAllowed, InvalidInput."""
    uow.actor.require("catalog.manage")
    _free_slug(uow, new.slug)
    product = Product(
        group_id=group.id,
        slug=new.slug,
        name=new.name,
        blurb=new.blurb,
        kind=new.kind,
        module=new.module,
        icon=new.icon,
        settings=new.settings,
        featured=new.featured,
        stock=new.stock,
        is_addon=new.is_addon,
        cotermed=new.is_addon and new.cotermed,
        tax_class=new.tax_class,
        source_plugin=new.source_plugin,
        position=_next_position(uow, group),
    )
    product.features = [ProductFeature(position=i, text=text) for i, text in enumerate(new.features)]
    every = [NewPrice(cycle, amount, new.setup) for cycle, amount in new.prices.items()]
    product.prices = [_price(price) for price in (*every, *new.more_prices)]
    product.options = [option_from(option, position) for position, option in enumerate(new.options)]
    uow.session.add(product)
    uow.session.flush()
    audit.record(uow, "product.create", "product", product.id, after={"slug": new.slug, "name": new.name})
    return product


def take_in_offers(uow: UnitOfWork, plugin: str, kinds: Sequence[ProductKind]) -> int:
    """Put the offers of a plugin into the catalog, once each; staff may change them afterwards. Returns how many."""
    taken = 0
    for kind in kinds:
        for offer in kind.offers:
            if uow.session.scalar(select(Product.id).where(Product.slug == offer.slug)) is None:
                _take_in(uow, plugin, kind, offer)
                taken += 1
    return taken


def offer_addon(uow: UnitOfWork, product: Product, addon: Product) -> None:
    """Offer an add-on with a product. Safe to repeat. Raises: NotAllowed, InvalidInput when it is no add-on."""
    uow.actor.require("catalog.manage")
    if not addon.is_addon or addon.id == product.id or product.is_addon:
        raise InvalidInput(f"{addon.name} cannot be an add-on of {product.name}", field="addon")
    position = uow.session.scalar(select(func.count()).where(ProductAddon.product_id == product.id)) or 0
    values = {"product_id": product.id, "addon_id": addon.id, "position": position}
    if insert_once(uow.session, ProductAddon, values) is not None:
        audit.record(uow, "product.offer_addon", "product", product.id, after={"addon": addon.slug})


def _take_in(uow: UnitOfWork, plugin: str, kind: ProductKind, offer: ProductOffer) -> None:
    slug = f"{kind.name}-offers"
    group = uow.session.scalars(select(ProductGroup).where(ProductGroup.slug == slug)).first()
    if group is None:
        group = create_group(uow, slug, kind.title, icon=kind.icon, position=90)
    new = NewProduct(
        slug=offer.slug,
        name=offer.name,
        blurb=offer.blurb,
        kind=kind.name,
        module=kind.module,
        icon=kind.icon,
        features=offer.features,
        settings=offer.settings,
        prices={},
        more_prices=tuple(NewPrice(cycle, amount) for cycle, amount in offer.prices),
        source_plugin=plugin,
    )
    create_product(uow, group, new)


def _free_slug(uow: UnitOfWork, slug: str) -> None:
    taken = uow.session.scalar(select(Product.id).where(Product.slug == slug)) or uow.session.scalar(
        select(ProductGroup.id).where(ProductGroup.slug == slug)
    )
    if taken or slug in RESERVED_SLUGS:
        raise InvalidInput(f"the address {slug!r} is taken", field="slug")


def _next_position(uow: UnitOfWork, group: ProductGroup) -> int:
    return len(uow.session.scalars(select(Product.id).where(Product.group_id == group.id)).all())


def _price(new: NewPrice) -> Price:
    return Price(
        cycle_name=str(Cycle.parse(new.cycle)),
        currency=new.amount.currency,
        amount_minor=new.amount.minor,
        setup_minor=new.setup.minor if new.setup else 0,
        first_minor=new.first.minor if new.first else None,
        on_sale_from=ALWAYS,
    )
