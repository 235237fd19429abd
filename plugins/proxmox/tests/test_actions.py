"""Switches, snapshots, backups, reinstallation: done once, whatever is lost on the way, and only to what is ours."""

from __future__ import annotations

import pytest
from ez_proxmox import marks
from pydantic import ValidationError

from ezcore.plugin_api import NeedsInfo, OutcomeUnknown, PermanentFailure

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIG5vdCBhIHNlY3JldCBidXQgMzIgYnl0ZXMgb2Yga2V5 ana+vps@example.test"


@pytest.fixture
def made(house):
    return house.created()


def doc(house, vmid=100):
    house.vms()
    return house.app.guests.find(vmid)


def done(report):
    assert report.state == "complete", report.said
    return report


def refused(report):
    assert report.state == "failed", report.said
    assert isinstance(report.signals[-1], PermanentFailure)
    return str(report.signals[-1])


@pytest.mark.parametrize(
    ("action", "end"), [("shutdown", "stopped"), ("stop", "stopped"), ("start", "running")]
)
def test_a_switch_does_what_it_says_and_doing_it_again_does_nothing(house, made, action, end):
    for job in ("job_1", "job_2"):
        done(house.act(action, made, job))
        assert house.vms()[100]["status"] == end
    assert len(house.calls("shutdown") + house.calls("stop")) == (0 if action == "start" else 1)


@pytest.mark.parametrize(("action", "count"), [("reboot", "boots"), ("reset", "resets")])
def test_a_lost_answer_of_a_restart_restarts_once(house, made, action, count):
    house.fault(action, "lose_answer")
    report = done(house.act(action, made))
    assert any(isinstance(signal, OutcomeUnknown) for signal in report.signals)
    assert doc(house)[count] == 1
    done(house.act(action, made, "job_2"))
    assert doc(house)[count] == 2


@pytest.mark.parametrize("action", ["reboot", "reset"])
def test_a_machine_that_is_off_is_not_restarted_and_it_is_said(house, made, action):
    house.by_hand(100, status="stopped")
    assert "is off" in refused(house.act(action, made))


def test_a_restart_that_fails_late_is_tried_again_and_given_up_with_its_words(house, made):
    house.fault("reboot", "late_failure", exitstatus="unexpected status", times=2)
    done(house.act("reboot", made))
    house.fault("reboot", "late_failure", exitstatus="unexpected status", times=3)
    assert "unexpected status" in refused(house.act("reboot", made, "job_2"))


def test_a_machine_that_moves_between_two_tries_is_restarted_where_it_is(house, made):
    house.fault("reboot", "error", status=596, reason="Connection timed out", body="")
    moved = []

    def wait(seconds):
        house.wait(seconds)
        if house.calls("reboot") and not moved:
            house.by_hand(100, node="pve2")
            moved.append(True)

    done(house.act("reboot", made, wait=wait))
    assert doc(house)["boots"] == 1


def test_a_machine_without_our_mark_is_not_touched_by_any_action(house, made):
    house.by_hand(100, description="somebody else's")
    before = len([call for call in house.app.calls.all() if call["method"] != "GET"])
    wishes = {"SnapshotName": {"name": "one"}, "BackupName": {"volume": "backup:backup/x"}}
    wishes |= {"RuleMark": {"mark": "ez-" + "0" * 12}}
    for action in house.module.actions():
        if action.name == "reverse_name":
            continue
        wish = wishes.get(action.input_model.__name__, {}) if action.input_model else {}
        assert house.act(action.name, made, **wish).state == "needs_info", action.name
    assert len([call for call in house.app.calls.all() if call["method"] != "GET"]) == before


def test_a_snapshot_is_taken_rolled_back_and_removed(house, made):
    done(house.act("snapshot_create", made, name="before"))
    assert house.vms()[100]["snapshots"] == ["before"]
    house.by_hand(100, cores="7")
    done(house.act("snapshot_rollback", made, "job_2", name="before"))
    vm = house.vms()[100]
    assert (vm["cores"], vm["status"], vm["disk_gb"], doc(house)["rolled_back"]) == (2, "running", 20, 1)
    done(house.act("snapshot_delete", made, "job_3", name="before"))
    assert house.vms()[100]["snapshots"] == []
    done(house.act("snapshot_delete", made, "job_4", name="before"))


@pytest.mark.parametrize("job", ["snapshot_create", "snapshot_rollback", "snapshot_delete"])
def test_a_lost_answer_about_a_snapshot_is_looked_up(house, made, job):
    call = {
        "snapshot_create": "snapshot",
        "snapshot_rollback": "rollback",
        "snapshot_delete": "snapshot.delete",
    }[job]
    if job != "snapshot_create":
        done(house.act("snapshot_create", made, "job_0", name="before"))
    house.fault(call, "lose_answer")
    done(house.act(job, made, name="before"))
    assert len(house.calls(call)) == 1


def test_a_snapshot_that_fails_late_is_tried_again(house, made):
    house.fault("snapshot", "late_failure", exitstatus="unexpected status")
    done(house.act("snapshot_create", made, name="before"))
    assert house.vms()[100]["snapshots"] == ["before"]


def test_a_storage_without_snapshots_is_said_at_once(house, made):
    house.fault("snapshot", "late_failure", exitstatus="snapshot feature is not available")
    assert "not available" in refused(house.act("snapshot_create", made))
    assert len(house.calls("snapshot")) == 1


def test_a_name_that_is_taken_and_more_snapshots_than_sold_are_refused(house, made):
    done(house.act("snapshot_create", made, "job_1", name="before"))
    assert "already" in refused(house.act("snapshot_create", made, "job_2", name="before"))
    for number in (3, 4):
        done(house.act("snapshot_create", made, f"job_{number}"))
    assert "holds 3 snapshots" in refused(house.act("snapshot_create", made, "job_5"))


def test_a_rollback_to_a_smaller_disk_gives_the_size_that_is_sold_now(house, made):
    done(house.act("snapshot_create", made, name="before"))
    from ez_proxmox.settings import ProductSettings

    bigger = ProductSettings(cores=4, memory_mb=4096, disk_gb=40)
    done(house.run("change_package", resource=made, size=bigger))
    done(house.act("snapshot_rollback", made, "job_2", size=bigger, name="before"))
    vm = house.vms()[100]
    assert (vm["cores"], vm["memory"], vm["disk_gb"]) == (4, 4096, 40)


def test_a_backup_is_made_restored_and_removed(house, made):
    done(house.act("backup_create", made))
    volume = next(v["volid"] for v in house.app.store.all("volume") if v["content"] == "backup")
    house.by_hand(100, ciuser="hacked")
    done(house.act("backup_restore", made, "job_2", volume=volume))
    guest = doc(house)
    assert (guest["config"]["ciuser"], guest["status"], guest["restored"]) == ("debian", "running", 1)
    for job in ("job_3", "job_4"):
        done(house.act("backup_delete", made, job, volume=volume))
    assert not [v for v in house.app.store.all("volume") if v["content"] == "backup"]


@pytest.mark.parametrize("action", ["backup_create", "backup_restore", "backup_delete"])
def test_a_lost_answer_about_a_backup_is_looked_up(house, made, action):
    call = {"backup_create": "vzdump", "backup_restore": "create", "backup_delete": "content.delete"}[action]
    volume = ""
    if action != "backup_create":
        done(house.act("backup_create", made, "job_0"))
        volume = next(v["volid"] for v in house.app.store.all("volume") if v["content"] == "backup")
    house.fault(call, "lose_answer")
    done(house.act(action, made, **({"volume": volume} if volume else {})))
    assert len(house.calls(call)) == 1


def test_a_backup_of_somebody_else_with_the_same_number_is_never_restored_nor_removed(house, made):
    volume = "backup:backup/vzdump-qemu-100-2025_01_01-00_00_00.vma.zst"
    facts = {
        "storage": "backup",
        "content": "backup",
        "vmid": 100,
        "size": 1,
        "format": "vma.zst",
        "ctime": 1,
    }
    notes = marks.note("op_of_another", "x")
    house.app.store.put("volume", volume, {"volid": volume, "notes": notes, "config": {}, **facts})
    assert "does not belong" in refused(house.act("backup_restore", made, volume=volume))
    done(house.act("backup_delete", made, "job_2", volume=volume))
    done(house.run("terminate", resource=made))
    assert house.app.store.get("volume", volume)


def test_a_service_that_ends_leaves_no_backup_behind(house, made):
    for job in ("job_1", "job_2"):
        done(house.act("backup_create", made, job))
    done(house.run("terminate", resource=made, doubled=True))
    assert not [v for v in house.app.store.all("volume") if v["content"] == "backup"]


def test_without_a_storage_of_backups_a_person_is_asked(house, made):
    house.server = house.with_settings(backup_storage="")
    report = house.act("backup_create", made)
    assert isinstance(report.signals[-1], NeedsInfo)


@pytest.mark.parametrize("doubled", [False, True])
def test_a_reinstalled_machine_is_new_and_keeps_number_and_address(house, made, doubled):
    house.by_hand(100, ciuser="old")
    done(house.act("snapshot_create", made, "job_0"))
    done(house.act("reinstall", made, ssh_keys=KEY, doubled=doubled))
    vm = house.vms()[100]
    assert (list(house.vms()), vm["status"], vm["user"], vm["snapshots"]) == ([100], "running", "debian", [])
    assert vm["ipconfig0"] == "ip=10.77.0.10/24,gw=10.77.0.1"
    assert vm["keys"] == [KEY]


@pytest.mark.parametrize("call", ["delete", "clone", "config.put", "resize", "start"])
def test_a_lost_answer_in_a_reinstallation_leaves_one_machine(house, made, call):
    house.fault(call, "lose_answer")
    done(house.act("reinstall", made))
    assert list(house.vms()) == [100]
    assert house.vms()[100]["status"] == "running"


def test_a_number_taken_while_reinstalling_is_asked_about_and_not_given_up(house, made):
    from ez_proxmox.sandbox.guests import new_guest

    def wait(seconds):
        house.wait(seconds)
        if 100 not in house.vms():
            stranger = new_guest(100, "pve2", {"name": "stranger", "scsi0": "ceph-vm:vm-100,size=8G"})
            house.app.guests.put(stranger)

    assert house.act("reinstall", made, wait=wait).state == "needs_info"
    assert house.vms()[100]["name"] == "stranger"


def test_a_rule_is_added_once_and_removed_by_its_mark_whatever_its_position(house, made):
    house.fault("firewall.rules.add", "lose_answer")
    first = done(house.act("firewall_add", made, port="22", source="192.0.2.1"))
    done(house.act("firewall_add", made, "job_2", port="80,443"))
    rules = house.vms()[100]["firewall"]["rules"]
    assert [(rule["dport"], rule.get("source")) for rule in rules] == [
        ("80,443", None),
        ("22", "192.0.2.1/32"),
    ]
    house.fault("firewall.rules.remove", "lose_answer")
    done(house.act("firewall_delete", made, "job_3", mark=first.results["add"]["mark"]))
    assert [rule["dport"] for rule in house.vms()[100]["firewall"]["rules"]] == ["80,443"]


def test_what_the_client_said_of_incoming_traffic_survives_a_change_of_package(house, made):
    done(house.act("firewall_policy", made, incoming="DROP"))
    done(house.run("change_package", resource=made))
    assert house.vms()[100]["firewall"]["options"]["policy_in"] == "DROP"


def test_a_reverse_name_is_kept_and_entered_by_a_person(house, made):
    asked = house.act("reverse_name", made, name="mail.example.com")
    assert asked.state == "needs_info"
    assert "10.77.0.10" in str(asked.signals[-1])
    names = house.module.look(house.server, made).blocks[0].rows
    assert ("Reverse name of 10.77.0.10", "mail.example.com (being entered)") in names
    done(house.act("reverse_name", made, name="mail.example.com", answer="done"))
    assert ("Reverse name of 10.77.0.10", "mail.example.com") in house.module.look(house.server, made).blocks[
        0
    ].rows
    assert "does not belong" in refused(
        house.act("reverse_name", made, address="10.77.0.99", name="a.example.com")
    )


@pytest.mark.parametrize(
    ("action", "field", "value"),
    [
        ("snapshot_create", "name", "../x"),
        ("snapshot_create", "name", "current"),
        ("snapshot_create", "name", "a" * 41),
        ("backup_restore", "volume", "backup:../../etc/passwd"),
        ("backup_restore", "volume", "/etc/passwd"),
        ("reverse_name", "name", "not a name"),
        ("firewall_add", "port", "0"),
        ("firewall_add", "port", "1;2"),
        ("firewall_add", "source", "everywhere"),
        ("firewall_delete", "mark", "0"),
        ("reinstall", "ssh_keys", "-----BEGIN OPENSSH PRIVATE KEY-----"),
    ],
)
def test_a_bad_wish_is_refused_by_the_name_of_its_field(house, action, field, value):
    model = house.module.action(action).input_model
    filled = {"reverse_name": {"name": "a.example.com"}}.get(action, {})
    with pytest.raises(ValidationError) as raised:
        model.model_validate({**filled, field: value})
    assert [error["loc"][0] for error in raised.value.errors()] == [field]
