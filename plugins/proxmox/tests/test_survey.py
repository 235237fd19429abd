"""A connection test says what will not work before a client finds out; lists show what is there, ours or not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from ez_proxmox.sandbox.guests import new_guest
from ez_proxmox.survey import NEEDED, missing_rights

from ezcore.plugin_api import PermanentFailure, RetryAfter


def test_a_cluster_in_order_is_reported_without_warnings(house):
    house.created()
    house.wait(15)
    report = house.module.test_connection(house.server)
    assert (report.version, report.accounts, report.warnings) == ("9.1.3", 1, ())
    assert dict(report.facts) == {"Nodes": "pve1, pve2", "Guests": "1"}


def test_missing_privileges_are_named_with_what_they_are_for(house):
    house.app.settings = type(house.app.settings)(lacking=frozenset({"VM.Console", "SDN.Use"}), auth_delay=0)
    warnings = house.module.test_connection(house.server).warnings
    assert warnings == (
        "The token lacks VM.Console on /vms: we cannot open consoles.",
        "The token lacks SDN.Use on /sdn: we cannot connect machines to the network.",
    )


def test_wrong_names_in_the_settings_are_found(house):
    server = house.with_settings(node="pve9", template_vmid=8000, backup_storage="tape")
    warnings = house.module.test_connection(server).warnings
    assert warnings == (
        "There is no node pve9.",
        "There is no template 8000.",
        "Node pve1 has no storage tape.",
    )


def test_a_wrong_token_and_a_silent_cluster_are_told_apart(house):
    with pytest.raises(PermanentFailure):
        house.module.test_connection(house.with_settings(token_secret="wrong"))
    house.fault("version", "lose_answer")
    with pytest.raises(RetryAfter):
        house.module.test_connection(house.server)


def test_rights_hold_where_they_are_inherited_from_above_or_given_for_a_pool():
    everything = {name: 1 for wanted in NEEDED.values() for name in wanted}
    assert missing_rights({"/": everything}) == []
    assert missing_rights({"/pool/shop": everything}) == []
    assert len(missing_rights({})) == len(everything)
    assert len(missing_rights({"/nodes": everything})) == len(everything)


def test_the_list_holds_ours_and_strangers_and_no_templates(house):
    made = house.created()
    house.app.guests.put(new_guest(150, "pve2", {"name": "stranger", "scsi0": "local-lvm:vm-150,size=8G"}))
    house.app.guests.put(
        new_guest(151, "pve2", {"hostname": "box", "rootfs": "local-lvm:x,size=4G"}, kind="lxc")
    )
    house.run("suspend", resource=made)
    house.wait(15)
    found = {account.external_id: account for account in house.module.list_accounts(house.server)}
    assert sorted(found) == ["100", "150", "151"]
    ours, stranger, box = found["100"], found["150"], found["151"]
    assert (ours.operation_key, ours.state, ours.address) == ("op_1", "suspended", "10.77.0.10")
    assert (stranger.operation_key, stranger.label, stranger.location) == (None, "stranger", "pve2")
    assert box.facts["kind"] == "lxc"


def test_a_hand_made_copy_of_our_machine_is_listed_without_our_key(house):
    house.created()
    original = house.app.guests.find(100)
    house.app.guests.put({**original, "vmid": 300, "config": dict(original["config"])})
    house.wait(15)
    found = {one.external_id: one.operation_key for one in house.module.list_accounts(house.server)}
    assert found == {"100": "op_1", "300": None}


@pytest.mark.parametrize("page", ["docs/operations/proxmox.md", "plugins/proxmox/README.md"])
def test_the_role_that_the_pages_tell_to_make_is_what_we_ask_for(page):
    text = (Path(__file__).parents[3] / page).read_text("utf-8")
    told = re.search(r'pveum role add EzcoreShop -privs "([^"]+)"', text)[1].replace("\\", " ").split()
    assert sorted(told) == sorted(name for wanted in NEEDED.values() for name in wanted)
