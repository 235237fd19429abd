"""Addresses and machine numbers are given to one operation each, also when many ask at once."""

from __future__ import annotations

import ipaddress
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count

import pytest
from ez_proxmox.pools import parse_pools
from ez_proxmox.reservations import PoolsExhausted, Reservations

POOL = parse_pools("192.0.2.10-192.0.2.17/24,gw=192.0.2.12")


@pytest.fixture
def book(database_url, context_on):
    """The reservations of server 1, on each kind of database."""
    context = context_on(database_url)
    yield Reservations(context.tables, context.clock.now, 1)
    context.engine.dispose()


def test_an_operation_gets_the_same_address_when_it_asks_again(book):
    assert (
        book.address("op_1", POOL)[0] == book.address("op_1", POOL)[0] == ipaddress.ip_address("192.0.2.10")
    )


def test_workers_that_ask_at_once_get_an_address_each_and_never_the_gateway(book):
    with ThreadPoolExecutor(8) as pool:
        given = list(pool.map(lambda n: str(book.address(f"op_{n}", POOL)[0]), range(7)))
    assert len(set(given)) == 7
    assert "192.0.2.12" not in given
    with pytest.raises(PoolsExhausted):
        book.address("op_8", POOL)


def test_an_address_given_back_is_used_again_after_all_others(book):
    for number in range(3):
        book.address(f"op_{number}", POOL)
    book.release_address("op_0")
    given = [str(book.address(f"later_{number}", POOL)[0]) for number in range(5)]
    assert given[-1] == "192.0.2.10"


def test_of_addresses_given_back_the_one_that_rested_longest_comes_first(book):
    hours = count()
    book = replace(book, now=lambda: datetime(2026, 3, 2, next(hours), tzinfo=UTC))
    pool = parse_pools("192.0.2.10-192.0.2.11/24,gw=192.0.2.1")
    book.address("op_0", pool)
    book.address("op_1", pool)
    book.release_address("op_1")
    book.release_address("op_0")
    assert str(book.address("op_2", pool)[0]) == "192.0.2.11"


def test_an_address_outside_the_present_pools_is_changed_for_one_inside(book):
    book.address("op_1", POOL)
    other = parse_pools("198.51.100.0/29,gw=198.51.100.1")
    assert str(book.address("op_1", other)[0]) == "198.51.100.2"
    assert str(book.address("op_2", POOL)[0]) in {"192.0.2.10", "192.0.2.11"}


def test_a_number_is_meant_for_one_operation_only(book):
    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(lambda n: book.take_number(f"op_{n}", 100), range(8)))
    assert sorted(won, key=str) == [100, *[None] * 7]


def test_two_workers_on_one_operation_mean_the_same_number(book):
    with ThreadPoolExecutor(8) as pool:
        meant = set(pool.map(lambda n: book.take_number("op_1", 100 + n), range(8)))
    assert len(meant) == 1


def test_a_number_chosen_meanwhile_is_not_given_up(book):
    book.take_number("op_1", 101)
    book.give_up_number("op_1", 100)
    assert book.number("op_1") == 101


def test_servers_do_not_share_numbers(book):
    assert book.take_number("op_1", 100) == 100
    assert replace(book, server_id=2).take_number("op_2", 100) == 100


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("192.0.2.0/28,gw=192.0.2.1", "192.0.2.1", "192.0.2.14"),
        ("192.0.2.5/32,gw=192.0.2.5", "192.0.2.5", "192.0.2.5"),
        ("2001:db8::10-2001:db8::1f/64,gw=2001:db8::1", "2001:db8::10", "2001:db8::1f"),
    ],
)
def test_pools_are_read_as_staff_write_them(text, first, last):
    (pool,) = parse_pools(text)
    assert (str(pool.first), str(pool.last)) == (first, last)


@pytest.mark.parametrize(
    "text",
    [
        "192.0.2.0/28",
        "192.0.2.1-192.0.3.5/24,gw=192.0.2.1",
        "x/24,gw=y",
        "10.0.0.9-10.0.0.2/24,gw=10.0.0.1",
        "10.0.0.0/8,gw=10.0.0.1",
        "2001:db8::/64,gw=2001:db8::1",
    ],
)
def test_a_pool_that_makes_no_sense_is_refused_with_a_sentence(text):
    with pytest.raises(ValueError, match=text.split("/")[0][:6]):
        parse_pools(text)
