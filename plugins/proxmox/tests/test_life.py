"""Suspending, giving back, changing and removing a machine: twice, and after hands were laid on it."""

from __future__ import annotations

import pytest
from ez_proxmox import marks
from ez_proxmox.sandbox.guests import new_guest
from ez_proxmox.settings import ProductSettings

from ezcore.plugin_api import NeedsInfo, PermanentFailure


def test_a_suspended_machine_is_stopped_and_does_not_start_with_its_node(house):
    made = house.created()
    for _ in range(2):
        assert house.run("suspend", resource=made).state == "complete"
        vm = house.vms()[100]
        assert (vm["status"], vm["onboot"]) == ("stopped", False)
        assert marks.SUSPENDED in vm["tags"]
    assert len(house.calls("shutdown")) == 1


def test_it_may_not_start_with_its_node_before_it_is_stopped(house):
    made = house.created()
    house.run("suspend", resource=made)
    order = [call["call"] for call in house.app.calls.all() if call["call"] in ("config.put", "shutdown")]
    assert order == ["config.put", "config.put", "shutdown"]


def test_a_suspended_machine_that_was_told_by_hand_to_start_with_its_node_is_told_not_to(house):
    made = house.created()
    house.run("suspend", resource=made)
    house.by_hand(100, onboot="1", status="running")
    house.run("suspend", resource=made)
    assert (house.vms()[100]["status"], house.vms()[100]["onboot"]) == ("stopped", False)


def test_a_machine_that_ignores_the_shutdown_is_switched_off(house):
    made = house.created()
    house.by_hand(100, deaf=True)
    assert house.run("suspend", resource=made).state == "complete"
    assert house.vms()[100]["status"] == "stopped"


def test_unsuspend_gives_it_back_running(house):
    made = house.created()
    house.run("suspend", resource=made)
    for _ in range(2):
        assert house.run("unsuspend", resource=made).state == "complete"
    vm = house.vms()[100]
    assert (vm["status"], vm["onboot"], "suspended" in vm["tags"]) == ("running", True, False)
    assert marks.fingerprint("op_1") in vm["tags"]


def test_a_machine_its_client_had_stopped_stays_stopped_after_unsuspend(house):
    made = house.created()
    house.by_hand(100, status="stopped")
    house.run("suspend", resource=made)
    house.run("unsuspend", resource=made)
    assert house.vms()[100]["status"] == "stopped"
    assert house.vms()[100]["onboot"] is True


def test_a_machine_that_moved_to_another_node_is_suspended_there(house):
    made = house.created()
    house.by_hand(100, node="pve2")
    assert house.run("suspend", resource=made).state == "complete"
    assert house.vms()[100]["status"] == "stopped"


def test_a_machine_removed_by_hand_is_reported_and_not_made_again(house):
    made = house.created()
    house.app.guests.remove(100)
    report = house.run("suspend", resource=made)
    assert isinstance(report.signals[-1], NeedsInfo)
    assert house.vms() == {}


def test_a_machine_without_our_mark_is_not_suspended(house):
    made = house.created()
    house.by_hand(100, description="")
    assert house.run("suspend", resource=made).state == "needs_info"
    assert house.vms()[100]["status"] == "running"


def test_terminate_removes_the_machine_and_frees_address_and_number(house):
    made = house.created()
    for _ in range(2):
        assert house.run("terminate", resource=made).state == "complete"
    assert house.vms() == {}
    book = house.module.workshop.reservations(house.server)
    assert book.number("op_1") is None
    assert house.calls("delete")[0]["query"] == {"purge": "1", "destroy-unreferenced-disks": "1"}


def test_terminate_of_what_is_gone_already_is_done(house):
    made = house.created()
    house.app.guests.remove(100)
    assert house.run("terminate", resource=made).state == "complete"


def test_a_lost_answer_of_the_delete_is_looked_up(house):
    made = house.created()
    house.fault("delete", "lose_answer")
    assert house.run("terminate", resource=made).state == "complete"
    assert house.vms() == {}


def test_terminate_leaves_a_stranger_with_the_same_number_alone(house):
    made = house.created()
    house.app.guests.put(new_guest(100, "pve1", {"name": "stranger", "scsi0": "ceph-vm:vm-100,size=8G"}))
    assert house.run("terminate", resource=made).state == "needs_info"
    assert house.run("terminate", resource=made, answer="gone").state == "complete"
    assert house.vms()[100]["name"] == "stranger"


def test_a_protected_machine_is_not_deleted_without_a_person(house):
    made = house.created()
    house.by_hand(100, protection="1")
    assert house.run("terminate", resource=made).state == "needs_info"
    assert 100 in house.vms()


def test_not_found_is_not_believed_while_a_node_is_unreachable(house):
    made = house.created()
    house.by_hand(100, node="pve2")
    house.fault("resources", "stale_read", times=-1)
    house.fault("config.get", "error", times=-1, after=1, status=595, reason="No route to host", body="")
    report = house.run("terminate", resource=made, limit=3)
    assert report.state == "gave_up"
    house.app.faults.clear()
    assert 100 in house.vms()


def test_a_bigger_package_takes_effect_with_one_restart(house):
    made = house.created()
    size = ProductSettings(cores=4, memory_mb=8192, disk_gb=40)
    assert house.run("change_package", resource=made, size=size).state == "complete"
    vm = house.vms()[100]
    assert (vm["cores"], vm["memory"], vm["disk_gb"], vm["booted"]["cores"]) == (4, 8192, 40, "4")
    assert len(house.calls("reboot")) == 1


def test_a_smaller_disk_is_refused_before_anything_changes(house):
    made = house.created()
    report = house.run(
        "change_package", resource=made, size=ProductSettings(cores=1, memory_mb=512, disk_gb=10)
    )
    assert isinstance(report.signals[-1], PermanentFailure)
    assert house.vms()[100]["cores"] == 2


@pytest.mark.parametrize("verb", ["suspend", "unsuspend", "terminate"])
def test_every_verb_survives_a_death_after_each_step(house, verb):
    made = house.created()
    assert house.run(verb, resource=made, doubled=True).state == "complete"
