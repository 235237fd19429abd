"""The scratch shop of the bench: clients with one service each whose next period is due now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select, text

from ezcore.accounts.models import Client
from ezcore.app import Ezcore
from ezcore.billing.taxes.models import TaxRule
from ezcore.catalog.products.models import Product
from ezcore.db.bulk import insert_rows
from ezcore.kernel.period import Cycle, next_start
from ezcore.services.services.models import Service
from ezcore.simulation.catalog_seed import seed_catalog

CYCLES = ("1 month", "3 months", "1 year")
COUNTRIES = ("EE", "EE", "LV", "US")  # US: a shop with rules taxes only where there is one


def seed(shop: Ezcore, services: int) -> None:
    """So many clients and services, their last periods paid; the next start within the lead time."""
    with shop.work.write() as uow:
        seed_catalog(uow, vps_module=None)
        for country, rate in (("EE", 240_000), ("LV", 210_000)):
            rule = TaxRule(country=country, name=f"VAT {country}", rate_ppm=rate, valid_from=date(2020, 1, 1))
            rule.created_at = uow.now()
            uow.session.add(rule)
    with shop.work.write() as uow:
        products = uow.session.scalars(select(Product.id).order_by(Product.id)).all()
        now, today = uow.now(), uow.today()
        names = ("id", "name", "company", "email", "country", "line1", "line2", "city", "region", "postcode",
                 "currency", "language", "status", "created_at")  # fmt: skip
        insert_rows(uow.session, Client, names, _clients(services, now))
        columns = ("reference", "client_id", "product_id", "label", "state", "currency", "price_minor", "cycle",
                 "anchor_day", "started_on", "paid_until", "billed_until", "params", "choices", "settings", "actions",
                 "created_at", "price_id")  # fmt: skip
        insert_rows(uow.session, Service, columns, _services(services, products, now, today))
        uow.session.execute(
            text("SELECT setval(pg_get_serial_sequence('client', 'id'), :last)"), {"last": services}
        )


def _clients(count: int, now: Any) -> Iterator[tuple[Any, ...]]:
    for number in range(1, count + 1):
        yield (
            number, f"Client {number}", f"Company {number} OÜ" if number % 2 else "", f"c{number}@client.example",
            COUNTRIES[number % 4], f"Street {number}", "", "Town", "", f"{number % 100000:05d}", "EUR", "en", "active",
            now,
        )  # fmt: skip


def _services(count: int, products: Any, now: Any, today: date) -> Iterator[tuple[Any, ...]]:
    for number in range(1, count + 1):
        due = today + timedelta(days=number % 8)
        cycle = CYCLES[number % 3]
        started = next_start(due.replace(year=due.year - 2), Cycle(1, "day"))
        yield (
            f"svc_{number:024d}", number, products[number % len(products)], f"site{number}.example", "active", "EUR",
            500 + number % 4500, cycle, due.day, started, due, due, {}, [], {}, 1, now, number % 20 + 1,
        )  # fmt: skip
