"""Verbs of the catalog: build products, take in what plugins offer, take from stock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select, update

from ezcore.audit import operations as audit
from ezcore.catalog.products.models import (
    ChoicePrice,
    OptionChoice,
    Price,
    Product,
    ProductFeature,
    ProductGroup,
    ProductOption,
)
from ezcore.kernel.errors import InvalidInput, Refused
from ezcore.kernel.money import Money
from ezcore.kernel.period import Cycle
from ezcore.plugin_api.values import ProductKind, ProductOffer
from ezcore.work import UnitOfWork

# Words of the checkout's own addresses: /billing/checkout/<word>/ must never mean a product.
RESERVED_SLUGS = frozenset({"account", "billing", "review"})


@dataclass(frozen=True)
class NewChoice:
    """A choice to create: what it sets and what it adds per (cycle)."""

    key: str
    title: str
    settings: dict[str, Any] = field(default_factory=dict)
    prices: dict[str, Money] = field(default_factory=dict)


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
    options: dict[tuple[str, str], tuple[NewChoice, ...]] = field(default_factory=dict)
    featured: bool = False
    stock: int | None = None
    source_plugin: str | None = None


def create_group(uow: UnitOfWork, slug: str, name: str, **facts: Any) -> ProductGroup:
    """A new shelf. Raises: NotAllowed, InvalidInput when the slug is taken or reserved."""
    uow.actor.require("catalog.manage")
    _free_slug(uow, slug)
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
        source_plugin=new.source_plugin,
        position=_next_position(uow, group),
    )
    product.features = [ProductFeature(position=i, text=text) for i, text in enumerate(new.features)]
    product.prices = [_price(cycle, amount, new.setup) for cycle, amount in new.prices.items()]
    product.options = [
        _option(i, key, title, choices) for i, ((key, title), choices) in enumerate(new.options.items())
    ]
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


def take_from_stock(uow: UnitOfWork, product: Product) -> None:
    """Take one piece, if stock is counted. One conditional UPDATE: twenty buyers of the last piece get one.

    Raises: Refused when it is sold out.
    """
    if product.stock is None:
        return
    left = uow.session.execute(
        update(Product).where(Product.id == product.id, Product.stock > 0).values(stock=Product.stock - 1)
    )
    if left.rowcount != 1:  # type: ignore[attr-defined]
        raise Refused(f"{product.name} is sold out")


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
        prices=dict(offer.prices),
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


def _price(cycle: str, amount: Money, setup: Money | None) -> Price:
    name = str(Cycle.parse(cycle))
    return Price(
        cycle_name=name,
        currency=amount.currency,
        amount_minor=amount.minor,
        setup_minor=setup.minor if setup else 0,
    )


def _option(position: int, key: str, title: str, choices: tuple[NewChoice, ...]) -> ProductOption:
    option = ProductOption(position=position, key=key, title=title)
    for place, new in enumerate(choices):
        choice = OptionChoice(position=place, key=new.key, title=new.title, settings=new.settings)
        choice.prices = [
            ChoicePrice(cycle_name=cycle, currency=amount.currency, amount_minor=amount.minor)
            for cycle, amount in new.prices.items()
        ]
        option.choices.append(choice)
    return option
