"""Reads of the catalog for the store and the admin area."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import selectinload
from sqlalchemy.sql.base import ExecutableOption

from ezcore.catalog.products.models import OptionChoice, Product, ProductGroup, ProductOption
from ezcore.kernel.errors import NotFound
from ezcore.work import UnitOfWork


def _whole() -> tuple[ExecutableOption, ...]:
    choices = selectinload(Product.options).selectinload(ProductOption.choices)
    return (
        selectinload(Product.features),
        selectinload(Product.prices),
        choices.selectinload(OptionChoice.prices),
        selectinload(Product.group),
    )


def store_groups(uow: UnitOfWork) -> Sequence[ProductGroup]:
    """Groups that show in the store, in the operator's order."""
    query = select(ProductGroup).where(ProductGroup.hidden.is_(False)).order_by(ProductGroup.position)
    return uow.session.scalars(query).all()


def store_products(uow: UnitOfWork, group: ProductGroup | None = None) -> Sequence[Product]:
    """Products on sale, whole, in the operator's order. Products of a plugin show while the plugin is active."""
    active = or_(Product.source_plugin.is_(None), Product.source_plugin.in_(uow.settings.plugins))
    query = select(Product).where(Product.hidden.is_(False), Product.retired_at.is_(None), active)
    if group is not None:
        query = query.where(Product.group_id == group.id)
    return uow.session.scalars(query.options(*_whole()).order_by(Product.position, Product.id)).all()


def product_by_slug(uow: UnitOfWork, slug: str) -> Product:
    """A product on sale by its slug, whole. Raises: NotFound."""
    for product in uow.session.scalars(select(Product).where(Product.slug == slug).options(*_whole())):
        on_sale = not product.hidden and product.retired_at is None
        if on_sale and (product.source_plugin is None or product.source_plugin in uow.settings.plugins):
            return product
    raise NotFound("there is no such product")


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
