"""A shop without vendors, wired as in production, on a migrated database: for promises of the business rooms.

`trade` is SQLite; `each_trade` runs the test once per database. Products need no module here, so a service is handed
over as soon as its job ran. The clock moves only when a test says so.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from ezcore.accounts import operations as accounts
from ezcore.app import Ezcore, build
from ezcore.automation.tasks import run_task
from ezcore.billing.invoices.models import Invoice, InvoiceStatus
from ezcore.billing.transactions import operations as transactions
from ezcore.billing.transactions.models import Transaction
from ezcore.db.engine import make_engine
from ezcore.db.migrate import upgrade
from ezcore.kernel.actor import Actor
from ezcore.kernel.clock import MovingClock
from ezcore.orders.carts import operations as carts
from ezcore.orders.orders import operations as orders
from ezcore.reports.invariants import broken_invariants
from ezcore.services.services.models import Service
from ezcore.settings import load
from ezcore.simulation.catalog_seed import seed_catalog
from ezcore.simulation.history import CLIENT_RIGHTS
from ezcore.worker import drain
from tests.fixtures_database import BOTH, _fast_engine

FIRST = datetime(2027, 1, 31, 9, 0, tzinfo=UTC)


@dataclass
class Trade:
    """The shop, and the few things that every story of it needs."""

    shop: Ezcore
    clock: MovingClock

    @property
    def work(self) -> Any:
        return self.shop.work

    def newcomer(self, name: str = "Ann") -> Actor:
        """A client with a confirmed address."""
        with self.work.write() as uow:
            account = accounts.create_verified(uow, f"{name.lower()}@client.example", name, country="EE")
            return Actor("client", account.user_id, account.client_id, CLIENT_RIGHTS, name)

    def cart(self, actor: Actor, slug: str = "web-start", cycle: str = "1 month", **choices: str) -> int:
        """A cart with one line; gives its id."""
        with self.work.write(actor) as uow:
            cart, _ = carts.open_cart(uow, actor.user_id)
            carts.add_line(uow, cart, slug, cycle, choices, {}, slug)
            return cart.id

    def order(self, actor: Actor, slug: str = "web-start", cycle: str = "1 month", **choices: str) -> int:
        """Order one product; gives the id of its invoice."""
        cart_id = self.cart(actor, slug, cycle, **choices)
        with self.work.write(actor) as uow:
            cart = carts.find_cart(uow, None, actor.user_id)
            assert cart.id == cart_id
            return orders.place(uow, cart, actor.client_id, f"form:{cart_id}").invoice_id

    def active_service(self, name: str = "Ann", slug: str = "web-start", cycle: str = "1 month") -> int:
        """A service, ordered and paid today."""
        actor = self.newcomer(name)
        invoice = self.order(actor, slug, cycle)
        self.pay(invoice)
        self.settle()
        with self.work.read() as uow:
            return uow.session.scalars(select(Service.id).where(Service.client_id == actor.client_id)).one()

    def pay(self, invoice_id: int, external_id: str | None = None, amount: Any = None) -> int:
        """The money is on the bank statement; gives the transaction."""
        with self.work.write() as uow:
            invoice = uow.session.get_one(Invoice, invoice_id)
            amount = amount or invoice.balance_due
            return transactions.record_manual(
                uow, invoice, "banktransfer", amount, external_id or f"EE{invoice_id}"
            ).id

    def open_transaction(self, invoice_id: int, gateway: str = "stripe", kind: str = "checkout") -> int:
        """A client was sent to the gateway."""
        with self.work.write() as uow:
            invoice = uow.session.get_one(Invoice, invoice_id)
            return transactions.open_transaction(uow, invoice, gateway, kind).id

    def told(self, transaction_id: int, result: Any) -> None:
        """The gateway says what became of a transaction."""
        with self.work.write() as uow:
            transactions.settle(uow, uow.session.get_one(Transaction, transaction_id), result)

    def settle(self) -> None:
        """Run what is due."""
        drain(self.shop)

    def go_to(self, day: date) -> None:
        """It is eleven o'clock in Tallinn on this day."""
        self.clock.move_to(datetime.combine(day, time(9, 0), UTC))

    def run(self, task: str, *, preview: bool = False) -> Any:
        """Run an automation task for today, and the jobs it made."""
        outcome = run_task(self.work, task, self.today(), preview=preview)
        if not preview:
            self.settle()
        return outcome

    def today(self) -> date:
        return self.clock.today("Europe/Tallinn")

    def later(self, days: int) -> None:
        """So many days pass."""
        self.clock.advance(timedelta(days=days))

    def service(self, service_id: int) -> Service:
        with self.work.read() as uow:
            return uow.session.get_one(Service, service_id)

    def invoice(self, invoice_id: int) -> Invoice:
        with self.work.read() as uow:
            return uow.session.get_one(Invoice, invoice_id)

    def unpaid(self) -> list[int]:
        """Ids of the invoices that are owed."""
        with self.work.read() as uow:
            query = select(Invoice.id).where(Invoice.status == InvoiceStatus.UNPAID).order_by(Invoice.id)
            return list(uow.session.scalars(query))

    def broken(self) -> list[str]:
        """Invariants that do not hold."""
        with self.work.read() as uow:
            return broken_invariants(uow)


def at_once(times: int, what: Callable[[int], Any]) -> list[Any]:
    """Do it in so many threads; gives results and exceptions, in no order."""

    def guarded(number: int) -> Any:
        try:
            return what(number)
        except Exception as error:  # noqa: BLE001 - the test looks at it
            return error

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(guarded, range(times)))


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file made by the migrations, triggers included."""
    path = tmp_path_factory.mktemp("migrated") / "template.sqlite3"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def migrated_postgresql(postgresql_server: Any) -> str:
    """A PostgreSQL database made by the migrations."""
    url = str(postgresql_server.create())
    _migrate(url)
    return url


def _migrate(url: str) -> None:
    engine = make_engine(url)
    upgrade(engine)
    engine.dispose()


@pytest.fixture
def trade(migrated_sqlite: Path, tmp_path: Path) -> Iterator[Trade]:
    """A shop on SQLite."""
    shutil.copy(migrated_sqlite, tmp_path / "trade.sqlite3")
    yield from open_trade(f"sqlite:///{tmp_path / 'trade.sqlite3'}", tmp_path)


@pytest.fixture(params=BOTH)
def each_trade(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Trade]:
    """A shop, once per database."""
    if request.param == "sqlite":
        yield request.getfixturevalue("trade")
        return
    server = request.getfixturevalue("postgresql_server")
    url = server.create(request.getfixturevalue("migrated_postgresql"))
    yield from open_trade(url, tmp_path)
    server.drop(url)


def open_trade(url: str, folder: Path, **settings: str) -> Iterator[Trade]:
    """Open a shop on a migrated database; keywords change settings (`ez.` left out, `__` for the dot)."""
    ini = {
        "ez.plugins": "",
        "ez.state_dir": str(folder),
        "ez.database.url": url,
        "ez.database.pool_size": "20",
        "ez.security.secret_keys": "test-key-that-is-no-secret-at-all-0001",
    }
    ini |= {f"ez.{name.replace('__', '.')}": value for name, value in settings.items()}
    clock = MovingClock(FIRST)
    shop = build(load(ini, {}), clock=clock, bell=lambda: None, virtual_time=True, engine=_fast_engine(url))
    with shop.work.write() as uow:
        seed_catalog(uow, vps_module=None)
    yield Trade(shop, clock)
    shop.engine.dispose()
