"""Certificates of the real `pebble`: what the imitation promises is what a strict authority really does."""

from __future__ import annotations

import time

import pytest
from ez_acme.models import Account, OpenOrder
from ez_acme.plugin import AcmePlugin
from sqlalchemy import select, update

from ezcore.plugin_api import PermanentFailure, StillRunning
from ezcore.testkit.certificate_case import request_for
from plugins.acme.tests.conftest import Context, pebble_settings, running_pebble, vendor_call

NAMES = ("shop.example.com", "*.shop.example.com")


@pytest.fixture
def pebble(tmp_path):
    with running_pebble(tmp_path / "pebble") as running:
        yield running


@pytest.fixture
def strict_pebble(tmp_path):
    with running_pebble(tmp_path / "pebble", strict=True) as running:
        yield running


def plugin_for(pebble, engine):
    return AcmePlugin(Context(engine, pebble_settings(pebble)))


def authority_of(plugin):
    return plugin.ez_register_certificate_authorities()[0]


def publish(pebble, challenges):
    for challenge in challenges:
        if challenge.kind == "dns-01":
            pebble.set_txt(challenge.record_name, challenge.value)
        else:
            pebble.set_http(challenge.token, challenge.value)


def settled(authority, key, order):
    for _ in range(100):
        now = authority.check(vendor_call(key), order)
        if now.status not in ("pending", "processing"):
            return now
        time.sleep(0.05)
    raise AssertionError(now)


def issue(authority, pebble, key, names, prefer="dns-01"):
    order = authority.order(vendor_call(key), names, prefer)
    publish(pebble, order.challenges)
    authority.answer(vendor_call(key), order)
    assert settled(authority, key, order).status == "ready"
    csr, handle = request_for(names), None
    for _ in range(100):
        try:
            return authority.finish(vendor_call(key, handle), order, csr)
        except StillRunning as wait:
            handle = wait.handle
            time.sleep(0.05)
    raise AssertionError("never issued")


def test_apex_and_wildcard_are_issued_by_dns(pebble, engine):
    authority = authority_of(plugin_for(pebble, engine))
    made = issue(authority, pebble, "job-1", NAMES)
    assert made.chain_pem.count("BEGIN CERTIFICATE") == 2
    assert "Pebble" in made.issuer
    assert made.not_after > made.not_before


def test_a_name_is_issued_by_http(pebble, engine):
    authority = authority_of(plugin_for(pebble, engine))
    assert issue(authority, pebble, "job-2", ("www.example.com",), "http-01").serial


def test_a_nonce_that_is_refused_is_replaced_and_the_order_goes_on(strict_pebble, engine, caplog):
    caplog.set_level("DEBUG", logger="acme.client")
    authority = authority_of(plugin_for(strict_pebble, engine))
    serials = set()
    while len(serials) < 3 or "badNonce" not in caplog.text:
        number = len(serials)
        assert number < 40, "pebble refuses one nonce in twenty, and none was refused"
        serials.add(issue(authority, strict_pebble, f"job-{number}", (f"n{number}.example.com",)).serial)


def test_what_pebble_does_not_believe_is_said_in_its_words_and_not_tried_again(pebble, engine):
    authority = authority_of(plugin_for(pebble, engine))
    order = authority.order(vendor_call("job-3"), ("example.net",), "dns-01")
    authority.answer(vendor_call("job-3"), order)
    now = settled(authority, "job-3", order)
    assert now.status == "invalid"
    assert "TXT" in now.error
    with pytest.raises(PermanentFailure, match="TXT"):
        authority.answer(vendor_call("job-3"), order)
    again = authority.order(vendor_call("job-3"), ("example.net",), "dns-01")
    assert again.url != order.url


def test_an_order_is_found_again_after_the_process_died(pebble, engine):
    first = authority_of(plugin_for(pebble, engine)).order(vendor_call("job-4"), NAMES, "dns-01")
    second = authority_of(plugin_for(pebble, engine)).order(vendor_call("job-4"), NAMES, "dns-01")
    assert first.url == second.url
    with Context(engine, {}).tables() as session:
        assert session.scalars(select(OpenOrder.url)).all() == [first.url]


def test_one_account_is_kept_and_a_forgotten_one_is_registered_again(pebble, engine):
    plugin = plugin_for(pebble, engine)
    authority = authority_of(plugin)
    assert "good" in authority.test_connection()
    authority.order(vendor_call("job-5"), NAMES, "dns-01")
    with plugin.context.tables() as session:
        account = session.scalars(select(Account)).one()
        assert account.key_sealed.startswith("sealed:")
        known = account.url
        session.execute(update(Account).values(url=None))
    authority.order(vendor_call("job-6"), NAMES, "dns-01")
    with plugin.context.tables() as session:
        assert session.scalars(select(Account.url)).one() == known


def test_a_certificate_is_revoked_twice(pebble, engine):
    authority = authority_of(plugin_for(pebble, engine))
    made = issue(authority, pebble, "job-7", ("gone.example.com",))
    authority.revoke(vendor_call("job-7"), made.chain_pem, 4)
    authority.revoke(vendor_call("job-7"), made.chain_pem, 4)
