"""Reads of the catalog for the store and the admin area."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from ezcore.catalog.products.models import OptionChoice, Product, ProductAddon, ProductGroup, ProductOption
from ezcore.kernel.errors import NotFound
from ezcore.work import UnitOfWork


def _whole() -> tuple[ExecutableOption, ...]:
    choices = selectinload(Product.options).joinedload(ProductOption.choices)
    return (
        selectinload(Product.features),
        selectinload(Product.prices),
        choices.joinedload(OptionChoice.prices),
        joinedload(Product.group),
    )


def with_prices() -> tuple[ExecutableOption, ...]:
    """Load options of a list that shows prices: one more query for all of them."""
    return (selectinload(Product.prices),)


def store_groups(uow: UnitOfWork) -> Sequence[ProductGroup]:
    """Groups that show in the store, in the operator's order."""
    query = select(ProductGroup).where(ProductGroup.hidden.is_(False)).order_by(ProductGroup.position)
    return uow.session.scalars(query).all()


def store_products(uow: UnitOfWork, group: ProductGroup | None = None) -> Sequence[Product]:
    """Products on sale, whole, in the operator's order. Products of a plugin show while the plugin is active.

    Add-ons are left out: they are sold with their parents only.
    """
    query = _on_sale(uow).where(Product.is_addon.is_(False))
    if group is not None:
        query = query.where(Product.group_id == group.id)
    return uow.session.scalars(query.options(*_whole()).order_by(Product.position, Product.id)).all()


def product_by_slug(uow: UnitOfWork, slug: str) -> Product:
    """A product on sale by its slug, whole. Raises: NotFound."""
    product = uow.session.scalars(_on_sale(uow).where(Product.slug == slug).options(*_whole())).first()
    if product is None:
        raise NotFound("there is no such product")
    return product


def products_whole(uow: UnitOfWork, ids: Collection[int]) -> Mapping[int, Product]:
    """Products by id with all their parts, hidden and retired ones too; a fixed number of queries for any number."""
    query = select(Product).where(Product.id.in_(ids)).options(*_whole())
    return {product.id: product for product in uow.session.scalars(query)}


def addons_of(uow: UnitOfWork, product_ids: Collection[int]) -> Mapping[int, Sequence[Product]]:
    """The add-ons on sale with each of these products, with their prices, in the operator's order."""
    query = (
        _on_sale(uow)
        .add_columns(ProductAddon.product_id)
        .join(ProductAddon, ProductAddon.addon_id == Product.id)
        .where(ProductAddon.product_id.in_(product_ids))
        .order_by(ProductAddon.product_id, ProductAddon.position, ProductAddon.id)
    )
    found: dict[int, list[Product]] = defaultdict(list)
    for addon, parent_id in uow.session.execute(query.options(*with_prices())):
        found[parent_id].append(addon)
    return found


def is_on_sale(uow: UnitOfWork, product: Product) -> bool:
    """Can it be ordered today? Stock is another question."""
    foreign = product.source_plugin is not None and product.source_plugin not in uow.settings.plugins
    return not product.hidden and product.retired_at is None and not foreign


def parents_of(uow: UnitOfWork, addon_id: int) -> Collection[int]:
    """Ids of the products that an add-on is offered with."""
    return set(uow.session.scalars(select(ProductAddon.product_id).where(ProductAddon.addon_id == addon_id)))


def group_by_slug(uow: UnitOfWork, slug: str) -> ProductGroup | None:
    """A visible group by its slug."""
    return uow.session.scalars(
        select(ProductGroup).where(ProductGroup.slug == slug, ProductGroup.hidden.is_(False))
    ).first()


def product_whole(uow: UnitOfWork, product_id: int) -> Product:
    """Any product with all its parts, also hidden or retired ones. Raises: NotFound."""
    found = uow.session.scalars(select(Product).where(Product.id == product_id).options(*_whole())).first()
    if found is None:
        raise NotFound("there is no such product")
    return found


def _on_sale(uow: UnitOfWork) -> Select[Product]:
    active = or_(Product.source_plugin.is_(None), Product.source_plugin.in_(uow.settings.plugins))
    return select(Product).where(Product.hidden.is_(False), Product.retired_at.is_(None), active)
