"""Opens a scratch shop with its vendors, and writes down what everybody is going to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path

from ezcore.app import Ezcore, build, make_app, take_in_offers
from ezcore.billing.taxes.operations import seed_eu_rates
from ezcore.db.engine import make_engine
from ezcore.kernel import crashpoint
from ezcore.kernel.clock import MovingClock
from ezcore.kernel.ids import SeededIds
from ezcore.plugin_api.ports.provisioning import ProvisioningModule
from ezcore.services.servers.operations import add_server
from ezcore.settings import load
from ezcore.simulation import faults
from ezcore.simulation.behaviours import BEHAVIOURS, staff
from ezcore.simulation.catalog_seed import modules_for, seed_catalog
from ezcore.simulation.chance import Chance
from ezcore.simulation.door import Door
from ezcore.simulation.event_log import EventLog
from ezcore.simulation.living import Simulation
from ezcore.simulation.machine import Bell, Machine
from ezcore.simulation.options import Options
from ezcore.simulation.people import people
from ezcore.simulation.vendors import SITE, Vendors
from ezcore.simulation.watching import LOOKING, days_between_looks
from ezcore.simulation.world import World

START = datetime(2027, 1, 4, 7, 0, tzinfo=UTC)
"""A Monday; 26 months from here see a leap day and four changes of summer time."""
SETTLING = timedelta(days=14)
"""So long nothing goes wrong any more before the last invariants are asked."""
MORNING, NIGHT = clock_time(9, 45), clock_time(0, 30)
NIGHT_EVERY = 7
"""The scheduler looks every morning, after the last task of the day, and every seventh night too."""


@contextmanager
def opened(options: Options, folder: Path) -> Iterator[Simulation]:
    """A furnished shop at the first moment, with everybody's plans written down."""
    clock, chance = MovingClock(START), Chance(options.seed)
    end = START + timedelta(days=options.months * 365 // 12)
    vendors = Vendors(folder / "vendors", clock, options.seed)
    bell = Bell()
    shop = _shop(folder, vendors, clock, bell, options.seed)
    vendors.attach(shop.host)
    try:
        machine = Machine(shop, clock, bell)
        door, events = Door(make_app(shop), machine.died), EventLog(shop.work)
        everybody = people(chance, options.clients, START, end)
        world = World(shop, clock, chance, vendors, machine, door, events, START, end, everybody)
        run = Simulation(options, world)
        _write_plans(run)
        yield run
    finally:
        crashpoint.watch(None)
        shop.engine.dispose()
        vendors.close()


def _shop(folder: Path, vendors: Vendors, clock: MovingClock, bell: Bell, seed: int) -> Ezcore:
    ini = {
        "ez.plugins": " ".join(vendors.plugins),
        "ez.state_dir": str(folder),
        "ez.database.url": f"sqlite:///{folder / 'shop.sqlite3'}",
        "ez.shop.site_url": SITE,
        # Setting a PDF takes longer than everything else that an invoice does; it is made when a page asks for it.
        "ez.tax.scheme": "eu_vat",
        "ez.tax.seller_country": "EE",
        "ez.tax.oss": "true",
        "ez.tax.vies_url": "",
        "ez.billing.documents_at_issue": "false",
        "ez.security.secret_keys": f"simulated-{seed:0>32}",
        "banktransfer.account_holder": "EZ Solutions OÜ",
        "banktransfer.iban": "EE382200221020145685",
    } | vendors.settings()
    settings = load(ini, {})
    engine = make_engine(settings.database.url, durable=False)
    shop = build(settings, clock=clock, ids=SeededIds(seed), bell=bell, virtual_time=True, engine=engine)
    shop.migrate()
    ports, kind = shop.host.ports, ProvisioningModule
    modules = {name: ports.get(kind, name) for name in ports.names(kind)}  # type: ignore[type-abstract]
    servers, hosting = modules_for(modules)
    with shop.work.write() as uow:
        seed_catalog(uow, vps_module=servers, hosting_module=hosting)
        seed_eu_rates(uow)
        for name, module in modules.items():
            if module.default_server() is not None:
                add_server(uow, f"{name}-1", module)
    take_in_offers(shop)
    return shop


def _write_plans(run: Simulation) -> None:
    world = run.world
    for person in world.people:
        person.habits = tuple(
            behaviour.name
            for behaviour in BEHAVIOURS
            if behaviour.only(person)
            and world.chance.of("habit", behaviour.name, person.number).randrange(1000) < behaviour.per_mille
        )
        for behaviour in BEHAVIOURS:
            if behaviour.begin is not None and behaviour.name in person.habits:
                behaviour.begin(world, person)
    staff.begin(world)
    _tick(world, 0)
    _month(run)
    if run.options.faults:
        faults.plan(world, max(world.start, world.end - SETTLING))


def _tick(world: World, day: int) -> None:
    """What the scheduler does on a day, and that there is a day after it."""
    without = LOOKING if day % days_between_looks(len(world.people)) else ()

    def look() -> None:
        world.machine.tick(without)

    def morning() -> None:
        look()
        if day % NIGHT_EVERY == 0:
            world.at(world.clock_time(1, NIGHT), "scheduler", look)
        _tick(world, day + 1)

    world.at(world.clock_time(1 if day else 0, MORNING), "scheduler", morning)


def _month(run: Simulation) -> None:
    world = run.world

    def act() -> None:
        _month(run)
        run.close_month()

    first = (world.now.replace(day=1) + timedelta(days=32)).replace(day=1, hour=0, minute=0, second=0)
    world.at(first, "month", act)
