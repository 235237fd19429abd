"""Looks, lists, connection tests and use: what is shown is what the server says, and when it counted it."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from ezcore.plugin_api import OutcomeUnknown, PermanentFailure
from ezcore.plugin_api.values import Resource

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def block(look, kind):
    return next(one for one in look.blocks if one.kind == kind)


def test_a_look_shows_state_package_use_and_websites(house):
    made = house.created()
    house.by_hand(made.external_id, counted={"disk": 1234, "bandwidth": 77})
    look = house.module.look(house.server, made)
    assert (look.state, look.power, look.address) == ("active", "on", "192.0.2.10")
    meters = {meter.label: (meter.used, meter.limit) for meter in block(look, "meters").meters}
    assert meters["Disk"] == (Decimal(1234), Decimal(50 * 1024))
    assert meters["Traffic this month"] == (Decimal(77), Decimal(500 * 1024))
    assert meters["Websites"] == (Decimal(1), Decimal(10))
    assert meters["Mailboxes"] == (Decimal(0), Decimal(50))
    (row,) = block(look, "table").rows
    assert row.cells == ("shop.example", "online", "no", "yes", "yes")
    assert row.actions[0].inputs == (("domain", "shop.example"),)
    assert ("Package", "web-pro") in block(look, "facts").rows
    assert any("once a night" in note for note in look.notes)


def test_unlimited_is_no_limit_and_a_gone_account_is_missing(house):
    stranger = house.stranger()
    meters = block(house.module.look(house.server, stranger), "meters").meters
    assert {meter.limit for meter in meters} == {None}
    house.app.server.remove("stranger")
    assert house.module.look(house.server, stranger).state == "missing"


def test_a_suspended_account_looks_suspended(house):
    made = house.created()
    house.run("suspend", "op_1", made)
    look = house.module.look(house.server, made)
    assert (look.state, look.power) == ("suspended", "off")
    assert block(look, "table").rows[0].cells[1] == "suspended"


def test_the_list_tells_ours_from_strangers_and_leaves_the_administrator_out(house):
    made = house.created()
    house.stranger()
    found = {account.external_id: account for account in house.module.list_accounts(house.server)}
    assert set(found) == {made.external_id, "stranger"}
    assert found[made.external_id].operation_key == "op_1"
    assert found[made.external_id].package == "web-pro"
    assert found["stranger"].operation_key is None


def test_a_connection_test_tells_version_accounts_and_room(house):
    house.created()
    report = house.module.test_connection(house.with_settings(capacity=10))
    assert (report.version, report.accounts, report.capacity) == ("1.10.3", 1, 9)
    assert any("web-pro" in value for _, value in report.facts)
    assert report.warnings == ()


def test_a_key_without_half_of_the_permissions_is_warned_about(house_with):
    house = house_with(permissions="v-list-users,v-list-sys-info,v-list-sys-config")
    warnings = house.module.test_connection(house.server).warnings
    assert len(warnings) == 2
    assert "may not list packages" in warnings[0]


def test_a_refused_key_is_final_and_silence_is_not(house):
    with pytest.raises(PermanentFailure):
        house.module.test_connection(house.with_settings(secret_key="X" * 40))
    house.fault("v-list-users", "lose_answer")
    with pytest.raises(OutcomeUnknown):
        house.module.list_accounts(house.server)


def test_the_count_is_of_last_night(house):
    made = house.created()
    house.by_hand(made.external_id, used={"disk": 500, "bandwidth": 10})
    (level,) = house.module.read_usage(house.server, [made], LONG_AGO)
    assert (level.metric, level.quantity) == ("disk_mib", Decimal(0))
    house.wait(86_400)
    samples = {sample.metric: sample for sample in house.module.read_usage(house.server, [made], LONG_AGO)}
    assert samples["disk_mib"].quantity == 500
    assert samples["traffic_mib"].quantity == 10
    assert samples["traffic_mib"].at == datetime(2026, 3, 2, 23, 59, 59, tzinfo=UTC)


def traffic(house, made, since=LONG_AGO):
    found = house.module.read_usage(house.server, [made], since)
    return [(s.at.date().isoformat(), int(s.quantity), s.key) for s in found if s.metric == "traffic_mib"]


def counted(house, made, bandwidth):
    user = house.app.store.get("user", made.external_id)
    house.by_hand(made.external_id, used={"disk": 0, "bandwidth": bandwidth})
    house.wait(86_400)
    return user


def test_asking_twice_and_after_a_lost_report_gives_the_same_traffic(house):
    made = house.created()
    assert traffic(house, made) == []
    counted(house, made, 30)
    first = traffic(house, made)
    assert [line[:2] for line in first] == [("2026-03-02", 30)]
    assert traffic(house, made) == first
    counted(house, made, 45)
    assert [line[:2] for line in traffic(house, made)] == [("2026-03-02", 30), ("2026-03-03", 15)]
    since = datetime(2026, 3, 3, 12, tzinfo=UTC)
    assert [line[:2] for line in traffic(house, made, since)] == [("2026-03-03", 15)]


def test_a_counter_that_fell_began_anew_and_a_gap_is_one_sample_and_no_zero(house):
    made = house.created()
    traffic(house, made)
    counted(house, made, 100)
    traffic(house, made)
    house.wait(2 * 86_400)  # nobody asked for two days
    counted(house, made, 7)  # and the month began anew
    assert [line[1] for line in traffic(house, made)] == [100, 7]


def test_use_of_an_account_that_is_gone_gives_no_sample(house):
    gone = Resource(external_id="gone", operation_key="x")
    assert house.module.read_usage(house.server, [gone], LONG_AGO) == []


def test_limits_that_make_no_sense_are_not_believed(house):
    made = house.created()
    package = house.app.store.get("package", "web-pro")
    package["limits"]["DISK_QUOTA"] = "<script>"
    house.app.store.put("package", "web-pro", package)
    with pytest.raises(OutcomeUnknown):
        house.module.look(house.server, made)
