"""Addresses: both families, as many as were sold, never two services on one, given back when not sold any more."""

from __future__ import annotations

import pytest
from ez_proxmox.settings import ProductSettings

POOLS = "192.0.2.10-192.0.2.20/24,gw=192.0.2.1\n2001:db8::10-2001:db8::1f/64,gw=2001:db8::1"
SIZE = ProductSettings(cores=1, memory_mb=1024, disk_gb=10)


@pytest.fixture
def dual(house):
    house.server = house.with_settings(pools=POOLS)
    return house


def members(house):
    return house.vms()[100]["firewall"]["sets"]["ipfilter-net0"]


def test_a_machine_gets_one_address_of_each_family(dual):
    made = dual.created(size=SIZE)
    assert dual.vms()[100]["ipconfig0"] == (
        "ip=192.0.2.10/24,gw=192.0.2.1,ip6=2001:db8::10/64,gw6=2001:db8::1"
    )
    assert (made.address, made.facts["ipv6"]) == ("192.0.2.10", "2001:db8::10")
    assert members(dual) == ["192.0.2.10", "2001:db8::10"]


def test_a_pool_of_the_sixth_version_alone_is_enough(house):
    house.server = house.with_settings(pools=POOLS.splitlines()[1])
    assert house.created(size=SIZE).address == "2001:db8::10"


def test_more_addresses_are_let_through_and_given_back_when_they_are_not_sold_any_more(dual):
    more = SIZE.model_copy(update={"extra_ips": 2})
    made = dual.created(size=more)
    assert made.facts["extra_addresses"] == "192.0.2.11, 192.0.2.12"
    assert members(dual) == ["192.0.2.10", "2001:db8::10", "192.0.2.11", "192.0.2.12"]
    less = SIZE.model_copy(update={"extra_ips": 1})
    assert dual.run("change_package", resource=made, size=less, doubled=True).state == "complete"
    assert sorted(members(dual)) == ["192.0.2.10", "192.0.2.11", "2001:db8::10"]
    assert dual.created("op_2", size=SIZE).address not in members(dual)


def test_everything_is_given_back_in_the_end(dual):
    made = dual.created(size=SIZE.model_copy(update={"extra_ips": 3}))
    assert dual.run("terminate", resource=made).state == "complete"
    book = dual.module.workshop.reservations(dual.server)
    keys = ["op_1", "op_1#v6", "op_1#2", "op_1#3", "op_1#4"]
    assert book.addresses_of(keys) == []


def test_addresses_that_run_out_are_a_question_and_not_a_machine_without(dual):
    report = dual.run("create", size=SIZE.model_copy(update={"extra_ips": 30}))
    assert report.state == "needs_info"
    assert dual.vms() == {}


def test_the_node_of_a_plan_is_where_its_machine_is_made(dual):
    assert dual.created(size=SIZE.model_copy(update={"node": "pve2"})).location == "pve2"
