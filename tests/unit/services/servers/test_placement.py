"""Servers: settings with sealed secrets, the fill policies, and a capacity that is never exceeded."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from ezcore.catalog.products.models import Product
from ezcore.kernel.errors import InvalidInput
from ezcore.plugin_api.errors import NeedsInfo, OutcomeUnknown
from ezcore.plugin_api.ports.provisioning import ProvisioningModule
from ezcore.services.servers import operations as servers
from ezcore.services.servers.asking import test_server as try_server
from ezcore.services.servers.models import Server
from ezcore.services.servers.operations import ServerCard
from ezcore.services.servers.placement import choose
from ezcore.services.services.models import Service, ServiceState
from tests.fixtures_panel import install
from tests.fixtures_trade import at_once

SETTINGS = {"host": "panel.example", "token": "s3cret-token"}


def module(trade):
    return trade.shop.host.ports.get(ProvisioningModule, "panel")


def add(trade, name, **card):
    with trade.work.write() as uow:
        return servers.add_server(uow, name, module(trade), SETTINGS, ServerCard(name, **card)).id


def card_of(trade, number, **changes):
    with trade.work.write() as uow:
        row = uow.session.get_one(Server, number)
        card = ServerCard(row.name, capacity=row.capacity, group_id=row.group_id, position=row.position)
        servers.change_server(uow, row, None, None, ServerCard(**{**vars(card), **changes}))


def place(trade, product_id=None):
    """A new service takes its place, as the first step of its set-up does."""
    with trade.work.write() as uow:
        server = choose(uow, "panel", product_id)
        pending = select(Service).where(Service.server_id.is_(None), Service.module == "panel")
        service = uow.session.scalars(pending.with_for_update(skip_locked=True).limit(1)).one()
        service.server_id = server.id
        return server.name


def waiting(trade, count):
    with trade.work.write() as uow:
        product = uow.session.scalars(select(Product).where(Product.slug == "web-start")).one()
        first = uow.session.scalars(select(Service)).first()
        for number in range(count):
            uow.session.add(
                Service(
                    reference=f"svc-{number}", client_id=first.client_id, product_id=product.id, label="x",
                    module="panel", state=ServiceState.PENDING, currency="EUR", price_minor=1, cycle_name="1 month",
                    anchor_day=1, params={}, choices=[], settings={}, created_at=uow.now(), actions=0,
                )
            )  # fmt: skip


def test_a_capacity_is_never_exceeded_by_eight_who_choose_at_once(each_trade):
    each_trade.active_service()
    install(each_trade.shop)
    card_of(each_trade, 1, capacity=3)
    add(each_trade, "panel-2", capacity=2)
    waiting(each_trade, 8)
    done = at_once(8, lambda _: place(each_trade))
    assert sum(isinstance(one, str) for one in done) == 5
    assert all(isinstance(one, str | NeedsInfo) for one in done)
    with each_trade.work.read() as uow:
        query = select(Service.server_id, func.count()).where(Service.server_id.is_not(None))
        assert dict(tuple(row) for row in uow.session.execute(query.group_by(Service.server_id))) == {
            1: 3,
            2: 2,
        }


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("least_used", ["panel-1", "panel-2", "panel-3", "panel-1"]),
        ("fill_first", ["panel-3", "panel-3", "panel-1", "panel-1"]),
        ("round_robin", ["panel-1", "panel-2", "panel-3", "panel-1"]),
    ],
)
def test_a_group_is_filled_by_its_policy(trade, policy, expected):
    trade.active_service()
    install(trade.shop)
    with trade.work.write() as uow:
        group = servers.add_group(uow, "web", "panel", policy)
        product = uow.session.scalars(select(Product).where(Product.slug == "web-start")).one()
        servers.change_group(uow, group, "web", policy, [product])
        group_id, product_id = group.id, product.id
    card_of(trade, 1, group_id=group_id, position=2)
    add(trade, "panel-2", group_id=group_id, position=3)
    add(trade, "panel-3", group_id=group_id, position=1 if policy == "fill_first" else 4, capacity=2)
    add(trade, "elsewhere")
    waiting(trade, 4)
    assert [place(trade, product_id) for _ in range(4)] == expected


def test_a_server_in_maintenance_gets_no_new_account(trade):
    trade.active_service()
    install(trade.shop)
    card_of(trade, 1, maintenance=True)
    waiting(trade, 1)
    with pytest.raises(NeedsInfo, match="maintenance"):
        place(trade)


def test_secrets_of_a_server_lie_sealed_and_a_blank_one_stays(trade):
    install(trade.shop)
    with trade.work.write() as uow:
        row = uow.session.get_one(Server, 1)
        assert "t0ken-of-the-panel" not in str(row.settings) + str(row.sealed)
        values = {"host": "other.example", "token": ""}
        servers.change_server(uow, row, module(trade), values, ServerCard("panel-1"))
        opened = servers.facts(uow, row, module(trade)).settings
        assert (opened.host, opened.token.get_secret_value()) == ("other.example", "t0ken-of-the-panel")


def test_wrong_settings_and_taken_names_are_named(trade):
    install(trade.shop)
    for values, name, field in ((SETTINGS | {"host": "x"}, "new", "host"), (SETTINGS, "panel-1", "name")):
        with pytest.raises(InvalidInput) as refusal, trade.work.write() as uow:
            servers.add_server(uow, name, module(trade), values, ServerCard(name))
        assert refusal.value.field == field


def test_a_connection_test_keeps_its_answer_with_the_time(trade):
    panel = install(trade.shop)
    with trade.work.write() as uow:
        staff = uow.actor
    assert try_server(trade.work, staff, trade.shop.host.ports, 1).version == "9.9"
    panel.broken = OutcomeUnknown("no answer")
    assert try_server(trade.work, staff, trade.shop.host.ports, 1) is None
    with trade.work.read() as uow:
        row = uow.session.get_one(Server, 1)
        assert row.test_problem == "no answer"
        assert row.test_report["version"] == "9.9"
        assert row.tested_at == trade.clock.now()
