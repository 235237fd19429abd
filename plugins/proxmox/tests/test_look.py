"""What a client sees of a machine is what the cluster says, gaps and hostile words included."""

from __future__ import annotations

from decimal import Decimal

import pytest
from ez_proxmox import marks
from ez_proxmox.settings import ProductSettings

from ezcore.plugin_api import PermanentFailure, RetryAfter
from ezcore.plugin_api.ports.looks import ChartBlock, FactsBlock, Look, MetersBlock, TableBlock


@pytest.fixture
def made(house):
    return house.created()


def look(house, made) -> Look:
    return house.module.look(house.server, made)


def block(seen: Look, title: str):
    return next(one for one in seen.blocks if one.title == title)


def test_a_running_machine_is_shown_with_facts_meters_charts_and_tables(house, made):
    house.wait(3600)
    seen = look(house, made)
    assert (seen.state, seen.power, seen.address, seen.location) == ("active", "on", "10.77.0.10", "pve1")
    facts = dict(block(seen, "Machine").rows)
    assert (facts["Host name"], facts["Addresses"], facts["Number"]) == (
        "web.example.test",
        "10.77.0.10",
        "100",
    )
    memory = next(meter for meter in block(seen, "Now").meters if meter.label == "Memory")
    assert (memory.limit, memory.unit) == (Decimal(2048), "MiB")
    assert 0 < memory.used < 2048
    kinds = [type(one) for one in seen.blocks]
    assert kinds == [FactsBlock, MetersBlock, *[ChartBlock] * 3, *[TableBlock] * 3]
    assert seen.notes == ()


def test_a_gap_in_the_measurements_is_a_gap_and_never_zero(house, made):
    house.wait(12 * 3600)
    now = int(house.app.now())
    house.by_hand(100, started_at=now - 86_400 * 2)
    guest = house.app.guests.find(100)
    house.app.guests.put({**guest, "started_at": now - 86_400 * 2, "gap": [now - 7200, now - 3600]})
    chart = block(look(house, made), "Processor")
    values = chart.series[0].values
    assert len(values) == len(chart.times)
    assert None in values
    assert 0 not in values


def test_a_suspended_machine_is_seen_as_suspended_and_off(house, made):
    house.run("suspend", resource=made)
    seen = look(house, made)
    assert (seen.state, seen.power) == ("suspended", "off")


def test_a_machine_that_is_gone_or_anothers_is_missing(house, made):
    house.by_hand(100, description="")
    assert look(house, made).state == "missing"
    house.app.guests.remove(100)
    house.wait(15)
    assert look(house, made).state == "missing"


def test_a_migrated_machine_is_seen_where_it_is(house, made):
    house.by_hand(100, node="pve2")
    assert look(house, made).location == "pve2"


def test_it_is_said_when_a_restart_is_needed_for_the_new_size(house, made):
    house.by_hand(100, memory="4096")
    assert any("restart" in note for note in look(house, made).notes)


def test_snapshots_and_backups_offer_what_can_be_done_with_each(house, made):
    house.act("snapshot_create", made, "job_1", name="before")
    house.act("backup_create", made, "job_2")
    foreign = {"storage": "backup", "content": "backup", "vmid": 100, "size": 1, "ctime": 1, "config": {}}
    foreign |= {"volid": "backup:backup/other.zst", "notes": marks.note("another", "x"), "format": "vma.zst"}
    house.app.store.put("volume", foreign["volid"], foreign)
    seen = look(house, made)
    (row,) = block(seen, "Snapshots").rows
    assert [(one.action, one.inputs) for one in row.actions] == [
        ("snapshot_rollback", (("name", "before"),)),
        ("snapshot_delete", (("name", "before"),)),
    ]
    (kept,) = block(seen, "Backups").rows
    assert [one.action for one in kept.actions] == ["backup_restore", "backup_delete"]
    for row_action in (*row.actions, *kept.actions):
        action = house.module.action(row_action.action)
        assert action.in_rows
        assert action.input_model.model_validate(dict(row_action.inputs))


def test_a_rule_made_by_hand_is_shown_and_offers_nothing(house, made):
    house.act("firewall_add", made, port="22")
    guest = house.app.guests.find(100)
    by_hand = {"type": "in", "action": "DROP", "enable": 1}
    guest["firewall"]["rules"].append(by_hand)
    house.app.guests.put(guest)
    rows = block(look(house, made), "Firewall").rows
    assert [len(row.actions) for row in rows] == [1, 0]


@pytest.mark.parametrize("call", ["current", "snapshots", "rrddata", "config.get"])
@pytest.mark.parametrize("body", [{"data": None}, {"data": [[1], "x"]}, {"data": "<script>"}, "<html>"])
def test_a_hostile_answer_gives_no_look_or_a_whole_one_and_never_a_crash(house, made, call, body):
    house.fault(call, "hostile", body=body)
    try:
        seen = look(house, made)
    except (RetryAfter, PermanentFailure):
        return
    assert isinstance(seen, Look)


def test_a_cluster_that_does_not_answer_gives_no_look(house, made):
    house.fault("resources", "lose_answer")
    with pytest.raises(RetryAfter):
        look(house, made)


def test_a_container_is_looked_at_too(house):
    size = ProductSettings(
        kind="lxc", disk_gb=8, container_template="local:vztmpl/debian-13-standard_13.1-1_amd64.tar.zst"
    )
    seen = look(house, house.created(size=size))
    assert dict(block(seen, "Machine").rows)["Kind"] == "Container"
    assert [meter.label for meter in block(seen, "Now").meters] == ["Processor", "Memory", "Disk"]
