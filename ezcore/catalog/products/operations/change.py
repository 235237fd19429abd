"""Change what a product is: its words, its stock, its add-ons, and whether it is sold at all."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select, update

from ezcore.audit import operations as audit
from ezcore.catalog.products.models import Product, ProductAddon, ProductFeature
from ezcore.catalog.products.operations.build import offer_addon
from ezcore.kernel.errors import InvalidInput, Refused
from ezcore.work import UnitOfWork

MOST_STOCK = 1_000_000


@dataclass(frozen=True)
class ProductFacts:
    """What staff may write on a product's card. `features` are its lines, in order."""

    name: str
    blurb: str = ""
    description: str = ""
    features: tuple[str, ...] = ()
    featured: bool = False
    hidden: bool = False
    cotermed: bool = False
    tax_class: str = "standard"


def change_product(uow: UnitOfWork, product: Product, facts: ProductFacts) -> None:
    """Write the card anew. Raises: NotAllowed, InvalidInput naming the field."""
    uow.actor.require("catalog.manage")
    if any(len(text) > 120 for text in facts.features):  # noqa: PLR2004 - the column's length
        raise InvalidInput("a line has at most 120 characters", field="features")
    before = _told(product)
    product.name, product.blurb, product.description = facts.name, facts.blurb, facts.description
    product.featured, product.hidden = facts.featured, facts.hidden
    product.cotermed = product.is_addon and facts.cotermed
    product.tax_class = facts.tax_class
    uow.session.execute(delete(ProductFeature).where(ProductFeature.product_id == product.id))
    uow.session.expire(product, ["features"])
    uow.session.add_all(
        ProductFeature(product_id=product.id, position=position, text=text)
        for position, text in enumerate(facts.features)
    )
    uow.session.flush()
    after = _told(product)
    audit.record(
        uow,
        "product.change",
        "product",
        product.id,
        before={name: value for name, value in before.items() if after[name] != value},
        after={name: value for name, value in after.items() if before[name] != value},
    )


def set_settings(uow: UnitOfWork, product: Product, settings: dict[str, Any]) -> None:
    """Keep what the module asks for, checked by its own model; services keep their copy. Raises: NotAllowed."""
    uow.actor.require("catalog.manage")
    before = product.settings
    changed = sorted(name for name in {*before, *settings} if before.get(name) != settings.get(name))
    product.settings = settings
    uow.session.flush()
    audit.record(uow, "product.settings", "product", product.id, after={"changed": changed})


def set_stock(uow: UnitOfWork, product: Product, stock: int | None, *, shown: int | None) -> None:
    """Count the stock anew (None: not counted). `shown` is what the form showed: what was sold meanwhile is not lost.

    Raises: NotAllowed, InvalidInput, Refused when somebody bought in between.
    """
    uow.actor.require("catalog.manage")
    if stock is not None and not 0 <= stock <= MOST_STOCK:
        raise InvalidInput(f"from 0 to {MOST_STOCK}, or nothing", field="stock")
    same = Product.stock.is_(None) if shown is None else Product.stock == shown
    done = uow.session.execute(
        update(Product)
        .where(Product.id == product.id, same)
        .values(stock=stock)
        .execution_options(synchronize_session=False)
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise Refused("The stock has changed since this page was opened. Please look again.")
    uow.session.refresh(product, ["stock"])
    audit.record(uow, "product.stock", "product", product.id, before={"stock": shown}, after={"stock": stock})


def change_addons(uow: UnitOfWork, product: Product, wanted: Collection[int]) -> None:
    """Offer exactly these add-ons with the product; services keep those they have. Raises: NotAllowed, InvalidInput."""
    uow.actor.require("catalog.manage")
    standing = set(
        uow.session.scalars(select(ProductAddon.addon_id).where(ProductAddon.product_id == product.id))
    )
    found = {addon.id: addon for addon in uow.session.scalars(select(Product).where(Product.id.in_(wanted)))}
    if set(wanted) - set(found):
        raise InvalidInput("there is no such add-on", field="addon")
    gone = standing - set(wanted)
    if gone:
        uow.session.execute(
            delete(ProductAddon).where(ProductAddon.product_id == product.id, ProductAddon.addon_id.in_(gone))
        )
        audit.record(uow, "product.drop_addon", "product", product.id, before={"addons": sorted(gone)})
    for number in sorted(set(wanted) - standing):
        offer_addon(uow, product, found[number])


def retire(uow: UnitOfWork, product: Product, *, back: bool = False) -> None:
    """Sell it no more (or again); services that have it renew as before. Raises: NotAllowed, Refused."""
    uow.actor.require("catalog.manage")
    if (product.retired_at is None) == back:
        raise Refused(f"{product.name} is {'on sale' if back else 'retired'} already")
    product.retired_at = None if back else uow.now()
    audit.record(uow, "product.unretire" if back else "product.retire", "product", product.id)


def _told(product: Product) -> dict[str, Any]:
    names = ("name", "blurb", "description", "featured", "hidden", "cotermed", "tax_class")
    return {name: getattr(product, name) for name in names} | {
        "features": [feature.text for feature in product.features]
    }
