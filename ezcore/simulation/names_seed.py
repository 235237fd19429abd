"""The demo's endings and its certificate: sold where a plugin registers names or issues certificates."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select

from ezcore.app import Ezcore
from ezcore.catalog.products.models import Product, ProductGroup
from ezcore.catalog.products.operations import NewPrice, NewProduct, create_group, create_product
from ezcore.domain_names.tlds import operations as tlds
from ezcore.domain_names.tlds.rules import YearsPrice
from ezcore.kernel.money import Money
from ezcore.plugin_api.ports.certificates import CertificateAuthority
from ezcore.plugin_api.ports.registrar import Registrar
from ezcore.work import UnitOfWork

ENDINGS: Final = (
    ("com", "12.00", "13.00"), ("net", "14.00", "15.00"), ("org", "10.00", "13.00"), ("dev", "15.00", "15.00"),
)  # fmt: skip
CURRENCIES: Final = ("EUR", "USD")


def seed_names(shop: Ezcore) -> None:
    """Endings of the first registrar, a free certificate of the first authority."""
    registrars = shop.host.ports.names(Registrar)
    authorities = shop.host.ports.names(CertificateAuthority)
    with shop.work.write() as uow:
        if registrars:
            for position, (name, register, renew) in enumerate(ENDINGS):
                _ending(uow, registrars[0], name, register, renew, position)
        if (
            authorities
            and uow.session.scalars(select(Product.id).where(Product.slug == "ssl-basic")).first() is None
        ):
            _certificate(uow, authorities[0])


def _ending(uow: UnitOfWork, registrar: str, name: str, register: str, renew: str, position: int) -> None:
    tld = tlds.add(uow, tlds.TldFacts(name, registrar, grace_days=30, redemption_days=30, position=position))
    for currency in CURRENCIES:
        first, later = Money.parse(register, currency), Money.parse(renew, currency)
        tlds.set_prices(
            uow, tld, currency, [YearsPrice(1, first, later), YearsPrice(2, first + later, later.times(2))]
        )


def _certificate(uow: UnitOfWork, authority: str) -> None:
    # Beside what the authority's plugin offers itself, if it does: two shelves of one name would only confuse.
    shelf = uow.session.scalar(select(ProductGroup).where(ProductGroup.slug == "certificate-offers"))
    if shelf is None:
        shelf = create_group(uow, "ssl", "SSL certificates", icon="lock", position=40)
    shelf.headline = "Certificates, issued and renewed by themselves"
    create_product(
        uow,
        shelf,
        NewProduct(
            "ssl-basic", "SSL Basic", "certificate", module="certificates", icon="lock",
            blurb="For a name and everything below it; free with your site",
            settings={"authority": authority, "proof": "auto"},
            features=("Issued in minutes", "Installed on your hosting account", "Renewed by itself"),
            prices={"1 year": Money.parse("0", "EUR")},
            more_prices=(NewPrice("1 year", Money.parse("0", "USD")),),
        ),
    )  # fmt: skip
