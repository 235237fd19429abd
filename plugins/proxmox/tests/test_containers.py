"""A plan of the kind lxc is one container, through its whole life, whatever is lost on the way."""

from __future__ import annotations

import pytest
from ez_proxmox import marks
from ez_proxmox.sandbox.guests import new_guest
from ez_proxmox.settings import ProductSettings

from ezcore.plugin_api import NeedsInfo, PermanentFailure

TEMPLATE = "local:vztmpl/debian-13-standard_13.1-1_amd64.tar.zst"
SIZE = ProductSettings(
    kind="lxc", cores=2, memory_mb=1024, disk_gb=8, swap_mb=256, container_template=TEMPLATE
)


def run(house, verb, made, **given):
    report = house.run(verb, resource=made, size=given.pop("size", SIZE), **given)
    assert report.state == "complete", report.said
    return report


def test_an_order_becomes_a_running_container(house):
    made = house.created(size=SIZE)
    vm = house.vms()[100]
    config = house.app.guests.find(100)["config"]
    assert (vm["kind"], vm["status"], vm["name"], vm["disk_gb"]) == ("lxc", "running", "web.example.test", 8)
    assert (vm["cores"], vm["memory"], config["swap"], config["unprivileged"]) == (2, 1024, "256", "1")
    assert "ip=10.77.0.10/24,gw=10.77.0.1" in config["net0"]
    assert "firewall=1" in config["net0"]
    assert (made.facts["kind"], made.facts["user"], made.address) == ("lxc", "root", "10.77.0.10")


@pytest.mark.parametrize("call", ["create", "config.put", "start", "firewall.options.put"])
def test_a_lost_answer_leaves_one_container(house, call):
    house.fault(call, "lose_answer")
    house.created(size=SIZE)
    assert list(house.vms()) == [100]
    assert len(house.calls("create")) == 1


def test_a_lost_answer_while_the_container_cannot_be_told_apart_yet_waits_for_it(house):
    house.fault("create", "lose_answer")
    house.app.settings.latency_of["vzcreate"] = 60
    house.created(size=SIZE)
    assert list(house.vms()) == [100]
    assert len(house.calls("create")) == 1


def test_a_strangers_container_with_our_number_is_left_alone(house):
    house.app.guests.put(new_guest(100, "pve2", {"hostname": "stranger"}, kind="lxc"))
    house.fault("nextid", "stale_read", vmid=100)
    assert house.created(size=SIZE).external_id == "101"
    assert house.vms()[100]["name"] == "stranger"


def test_a_container_that_fails_late_is_tried_again_and_given_up_without_leftovers(house):
    house.fault("create", "late_failure")
    house.created("op_1", size=SIZE)
    house.fault("create", "late_failure", times=3)
    report = house.run("create", "op_2", size=SIZE)
    assert isinstance(report.signals[-1], PermanentFailure)
    assert list(house.vms()) == [100]
    assert report.left_behind == []


def test_its_whole_life(house):
    made = house.created(size=SIZE)
    run(house, "suspend", made, doubled=True)
    assert (house.vms()[100]["status"], house.vms()[100]["onboot"]) == ("stopped", False)
    assert marks.SUSPENDED in house.vms()[100]["tags"]
    run(house, "unsuspend", made, doubled=True)
    assert house.vms()[100]["status"] == "running"
    bigger = SIZE.model_copy(update={"cores": 4, "disk_gb": 16})
    run(house, "change_package", made, size=bigger, doubled=True)
    assert (house.vms()[100]["cores"], house.vms()[100]["disk_gb"]) == (4, 16)
    assert house.calls("reboot") == []
    smaller = house.run("change_package", resource=made, size=SIZE)
    assert isinstance(smaller.signals[-1], PermanentFailure)
    run(house, "terminate", made, doubled=True)
    assert house.vms() == {}


def test_snapshots_restart_and_reinstallation_work_and_a_reset_button_it_has_none(house):
    made = house.created(size=SIZE)
    assert house.act("snapshot_create", made, "j1", size=SIZE, name="one").state == "complete"
    assert house.act("snapshot_rollback", made, "j2", size=SIZE, name="one").state == "complete"
    assert house.act("reboot", made, "j3", size=SIZE).state == "complete"
    assert "no reset button" in str(house.act("reset", made, "j4", size=SIZE).signals[-1])
    assert house.act("reinstall", made, "j5", size=SIZE).state == "complete"
    vm = house.vms()[100]
    assert (vm["kind"], vm["status"], vm["snapshots"]) == ("lxc", "running", [])


def test_a_backup_of_a_container_is_restored(house):
    made = house.created(size=SIZE)
    done = house.act("backup_create", made, "j1", size=SIZE)
    restored = house.act("backup_restore", made, "j2", size=SIZE, volume=done.results["make"]["volume"])
    assert restored.state == "complete", restored.said
    assert house.app.guests.find(100)["restored"] == 1


def test_a_container_that_moved_is_found(house):
    made = house.created(size=SIZE)
    house.by_hand(100, node="pve2")
    run(house, "suspend", made)
    assert house.vms()[100]["status"] == "stopped"


def test_without_a_storage_or_template_a_person_is_asked(house):
    house.server = house.with_settings(container_storage="")
    report = house.run("create", size=SIZE)
    assert isinstance(report.signals[-1], NeedsInfo)


def test_the_password_of_a_container_is_never_logged(house):
    report = house.run("create", size=SIZE, service=house.service(params={}))
    assert report.state == "complete", report.said
    assert report.secrets["password"] not in report.said
