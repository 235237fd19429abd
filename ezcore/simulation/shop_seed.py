"""Opens the demo's shop: catalog, staff, first server, a client to log in as."""

from __future__ import annotations

import logging
from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from ezcore.accounts import operations as accounts
from ezcore.app import Ezcore, build, take_in_offers
from ezcore.catalog.products.models import Product
from ezcore.db.engine import make_engine
from ezcore.kernel.clock import MovingClock, SystemClock
from ezcore.plugin_api.ports.provisioning import ProvisioningModule
from ezcore.services.servers.operations import add_server
from ezcore.settings import Settings
from ezcore.simulation.catalog_seed import modules_for, seed_catalog
from ezcore.simulation.desk_seed import seed_desk
from ezcore.simulation.history import live_a_year
from ezcore.simulation.life import Life
from ezcore.simulation.logins import CLIENT, STAFF
from ezcore.simulation.names_seed import seed_names
from ezcore.simulation.people_seed import seed_people
from ezcore.simulation.publishing_seed import seed_publishing
from ezcore.simulation.watching import WATCHING
from ezcore.simulation.work_seed import seed_requests, seed_work

log = logging.getLogger(__name__)


def open_shop(settings: Settings, *, history: bool) -> bool:
    """Seed an empty database; returns False when there is a shop already."""
    shop = build(settings, bell=lambda: None)
    shop.migrate()
    with shop.work.read() as uow:
        furnished = uow.session.execute(select(Product.id).limit(1)).first() is not None
    if furnished:
        take_in_offers(shop)  # a plugin may have been added since
        return False
    year_ago = SystemClock().now() - timedelta(days=366)
    clock = MovingClock(year_ago)
    quick = make_engine(settings.database.url, durable=False)
    past = build(settings, clock=clock, bell=lambda: None, virtual_time=True, engine=quick)
    _furnish(past)
    if history:
        log.info("living through a year of history ...")
        zone = ZoneInfo(settings.shop.time_zone)
        live_a_year(
            Life(past, clock, pause=0.05, without=WATCHING), SystemClock().now().astimezone(zone).date()
        )
    else:
        with shop.work.write() as uow:
            accounts.create_verified(uow, CLIENT.email, "Mira Okafor", password=CLIENT.password, country="EE")
    seed_work(shop)
    seed_publishing(shop)
    seed_people(shop)
    if history:
        seed_desk(shop)
        seed_requests(shop)
    return True


def _furnish(shop: Ezcore) -> None:
    ports, kind = shop.host.ports, ProvisioningModule
    modules = {name: ports.get(kind, name) for name in ports.names(kind)}  # type: ignore[type-abstract]
    servers, hosting = modules_for(modules)
    with shop.work.write() as uow:
        seed_catalog(uow, vps_module=servers, hosting_module=hosting)
        accounts.make_staff(uow, STAFF.email, "Kadri Staff", STAFF.password, "owner")
        for name, module in modules.items():
            if module.default_server() is not None:
                add_server(uow, f"{name}-1", module)
    take_in_offers(shop)
    seed_names(shop)
