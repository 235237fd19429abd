"""What goes with the products of the demo: add-ons and promotion codes."""

from __future__ import annotations

from sqlalchemy import select

from ezcore.catalog.products.models import Product, ProductGroup
from ezcore.catalog.products.operations import NewProduct, create_product, offer_addon
from ezcore.catalog.promotions.operations import Terms, create
from ezcore.kernel.money import Money
from ezcore.work import UnitOfWork


def seed_extras(uow: UnitOfWork) -> None:
    """Offsite copies (billed with their product), a setup by hand (once), and the codes WELCOME20 and FREESETUP."""
    shelf = uow.session.scalars(select(ProductGroup).where(ProductGroup.slug == "support")).one()
    copies = NewProduct(
        slug="offsite-copies",
        name="Offsite copies",
        kind="support",
        blurb="A copy of everything, every night, in another city",
        icon="archive-restore",
        prices={"1 month": _eur("4.00"), "1 year": _eur("40.00")},
        is_addon=True,
        cotermed=True,
    )
    moving = NewProduct(
        slug="moving-in",
        name="Moving in",
        kind="support",
        blurb="We bring your site over from where it is now",
        icon="truck",
        prices={"once": _eur("35.00")},
        is_addon=True,
    )
    addons = [create_product(uow, shelf, addon) for addon in (copies, moving)]
    parents = select(Product).where(Product.kind.in_(("vps", "hosting")), Product.is_addon.is_(False))
    for product in uow.session.scalars(parents.order_by(Product.id)).all():
        for addon in addons:
            offer_addon(uow, product, addon)
    create(uow, Terms("WELCOME20", "percent", percent_ppm=200_000, recurrences=3, new_clients_only=True))
    create(uow, Terms("FREESETUP", "free_setup"))


def _eur(text: str) -> Money:
    return Money.parse(text, "EUR")
