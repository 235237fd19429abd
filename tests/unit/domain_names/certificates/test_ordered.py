"""A certificate bought like any other product: the order's job issues it, its end ends it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from ez_acme.sandbox import make, settings
from ez_acme.sandbox.in_process import attach
from sqlalchemy import select

from ezcore.app import build, take_in_offers
from ezcore.domain_names.certificates.models import Certificate, CertificateState
from ezcore.jobs.models import Job
from ezcore.kernel.clock import MovingClock
from ezcore.orders.carts import operations as carts
from ezcore.orders.orders import operations as orders
from ezcore.plugin_api.ports.dns import DnsProvider
from ezcore.plugin_api.sandbox import SandboxOptions
from ezcore.services.lifecycle import operations as lifecycle
from ezcore.services.services.models import Service, ServiceState
from ezcore.settings import load
from ezcore.simulation.catalog_seed import seed_catalog
from tests.fixtures_trade import FIRST, Trade
from tests.unit.domain_names.certificates.conftest import PebblesDns


class SilentDns:
    """What a provider's DNS shows to nobody: the imitated authority trusts."""

    def set_txt(self, name, value):
        """Nothing."""

    def clear_txt(self, name):
        """Nothing."""


@pytest.fixture
def shop(migrated_sqlite, tmp_path):
    database = tmp_path / "shop.sqlite3"
    database.write_bytes(migrated_sqlite.read_bytes())
    clock = MovingClock(FIRST)
    ini = {
        "ez.plugins": "acme",
        "ez.state_dir": str(tmp_path),
        "ez.database.url": f"sqlite:///{database}",
        "ez.security.secret_keys": "test-key-that-is-no-secret-at-all-0001",
        "ez.certificates.resolver": "none",
    } | {f"acme.{name}": value for name, value in settings("https://127.0.0.1:1", None).items()}
    made = build(load(ini, {}), clock=clock, bell=lambda: None, virtual_time=True)
    made.migrate()
    authority = make(tmp_path / "acme", SandboxOptions(clock=clock))
    attach(made.host.plugin("acme"), authority, lambda seconds: clock.advance(timedelta(seconds=seconds)))
    made.host.ports.add("ezcore", DnsProvider, PebblesDns(SilentDns(), "example.com"))
    with made.work.write() as uow:
        seed_catalog(uow, vps_module=None)
    take_in_offers(made)
    yield Trade(made, clock)
    authority.close()
    made.engine.dispose()


def bought(trade, names):
    actor = trade.newcomer()
    with trade.work.write(actor) as uow:
        cart, _ = carts.open_cart(uow, actor.user_id)
        carts.add_line(uow, cart, "ssl-wildcard", "1 year", {}, {"names": names}, "ssl")
        order = orders.place(uow, cart, actor.client_id, "form:1")
        invoice = order.invoice_id
    trade.pay(invoice)
    for _ in range(10):
        trade.settle()
        trade.clock.advance(timedelta(seconds=30))
    with trade.work.read() as uow:
        return uow.session.scalars(select(Service).where(Service.client_id == actor.client_id)).one()


def test_a_certificate_that_was_paid_is_issued_and_ends_with_its_service(shop):
    service = bought(shop, "example.com *.example.com")
    with shop.work.read() as uow:
        job = uow.session.scalars(select(Job).where(Job.kind == "services.create")).one()
        row = uow.session.scalars(select(Certificate)).one()
    assert service.state == ServiceState.ACTIVE, (job.state, job.cause, job.question)
    assert row.state == CertificateState.ACTIVE
    assert row.not_after > shop.clock.now() + timedelta(days=80)

    with shop.work.write() as uow:
        lifecycle.request(uow, uow.session.get_one(Service, service.id), "terminate", "the client left")
    shop.settle()
    with shop.work.read() as uow:
        row = uow.session.scalars(select(Certificate)).one()
    assert (row.state, row.key_sealed) == (CertificateState.ENDED, None)


def test_the_next_day_renews_what_is_due_by_itself(shop):
    bought(shop, "example.com")
    with shop.work.read() as uow:
        first = uow.session.scalars(select(Certificate)).one()
    shop.clock.move_to(first.renew_at + timedelta(minutes=1))
    assert shop.run("certificates").done == 1
    for _ in range(4):
        shop.clock.advance(timedelta(seconds=30))
        shop.settle()
    with shop.work.read() as uow:
        second = uow.session.scalars(select(Certificate)).one()
    assert second.serial != first.serial
    assert second.renew_at > first.renew_at + timedelta(days=30)
    assert shop.broken() == []
