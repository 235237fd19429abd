"""A paid order becomes exactly one running machine, whatever is lost, raced for or moved on the way."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from ez_proxmox import marks
from ez_proxmox.sandbox.guests import new_guest
from ez_proxmox.settings import ProductSettings

from ezcore.plugin_api import NeedsInfo, OutcomeUnknown, PermanentFailure
from ezcore.testkit import RunReport

KEY_START = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIG5vdCBh"


def test_an_order_becomes_a_running_machine_of_the_size_sold(house):
    made = house.created()
    vm = house.vms()[int(made.external_id)]
    assert (vm["cores"], vm["memory"], vm["disk_gb"]) == (2, 2048, 20)
    assert (vm["status"], vm["name"], vm["onboot"]) == ("running", "web.example.test", True)
    assert vm["ipconfig0"] == "ip=10.77.0.10/24,gw=10.77.0.1"
    assert marks.fingerprint("op_1") in vm["tags"]
    assert made.address == "10.77.0.10"
    assert made.location == "pve1"


def test_the_machine_starts_with_the_configuration_and_not_before_it(house):
    house.created()
    vm = house.vms()[100]
    assert vm["booted"]["cores"] == "2"
    assert vm["booted"]["scsi0"].endswith("size=20G")
    assert vm["booted"]["ipconfig0"] == "ip=10.77.0.10/24,gw=10.77.0.1"


def test_the_network_card_keeps_the_address_the_clone_was_given(house):
    house.created()
    vm = house.vms()[100]
    assert vm["net0"] == "virtio=BC:24:11:00:00:64,bridge=vmbr0,firewall=1"


def test_a_client_with_a_key_gets_in_by_key_and_no_password_exists(house):
    report = house.run("create")
    vm = house.vms()[100]
    assert vm["keys"] == [
        k for k in vm["keys"] if k.startswith(KEY_START) and k.endswith("ana+vps@example.test")
    ]
    assert len(vm["keys"]) == 1
    assert not vm["password"]
    assert report.secrets == {}


def test_a_client_without_a_key_gets_one_password_that_no_log_shows(house, caplog):
    caplog.set_level("DEBUG")
    house.fault("config.put", "lose_answer")
    report = house.run("create", service=house.service(params={}))
    assert report.state == "complete"
    password = report.secrets["password"]
    assert house.app.guests.find(100)["config"]["cipassword"] == password
    assert password not in report.said + caplog.text + repr(report.results)


def test_a_lost_answer_of_the_clone_leaves_one_machine(house):
    house.fault("clone", "lose_answer")
    report = house.run("create")
    assert report.state == "complete"
    assert any(isinstance(signal, OutcomeUnknown) for signal in report.signals)
    assert list(house.vms()) == [100]
    assert len(house.calls("clone")) == 1


@pytest.mark.parametrize("call", ["config.put", "resize", "start"])
def test_a_lost_answer_of_a_later_step_leaves_one_machine(house, call):
    house.fault(call, "lose_answer")
    house.created()
    assert list(house.vms()) == [100]


def test_a_lost_clone_is_adopted_even_when_our_own_note_of_its_number_is_lost_too(house):
    house.fault("clone", "lose_answer")
    house.run("create", limit=1)
    house.module.workshop.reservations(house.server).release_number("op_1")
    house.wait(15)
    assert house.created().external_id == "100"
    assert list(house.vms()) == [100]


def test_a_number_that_somebody_else_took_first_is_given_up(house):
    house.app.guests.put(new_guest(100, "pve2", {"name": "stranger", "scsi0": "ceph-vm:vm-100,size=8G"}))
    house.fault("nextid", "stale_read", vmid=100)
    assert house.created().external_id == "101"
    assert house.vms()[100]["name"] == "stranger"
    assert house.vms()[100]["tags"] == ""


def test_two_orders_told_the_same_number_get_two_machines(house):
    house.fault("nextid", "stale_read", times=2, vmid=100)
    first, second = house.created("op_1"), house.created("op_2")
    assert (first.external_id, second.external_id) == ("100", "101")
    assert first.address != second.address


def test_a_hand_made_copy_of_a_clients_machine_is_never_adopted(house):
    house.created("op_1")
    original = house.app.guests.find(100)
    house.app.guests.put({**original, "vmid": 300, "config": dict(original["config"])})
    house.app.guests.remove(100)
    house.wait(15)
    assert house.module.find(house.server, "op_1") is None


def test_a_machine_that_is_migrated_between_the_steps_is_followed(house):
    house.fault("config.put", "error", status=596, reason="Connection timed out", body="")
    runner = house.runner("op_1")
    moved = []

    def wait(seconds):
        house.wait(seconds)
        if not moved and house.vms().get(100, {}).get("lock") is None and 100 in house.vms():
            house.by_hand(100, node="pve2")
            moved.append(100)

    runner.wait = wait
    report = runner.run("create")
    assert report.state == "complete", report.said
    assert moved == [100]
    assert report.resource.location == "pve2"


def test_a_new_machine_is_found_although_the_cluster_list_does_not_show_it_yet(house):
    house.fault("resources", "stale_read", times=-1)
    house.created()
    assert list(house.vms()) == [100]


def test_a_clone_that_fails_late_for_a_passing_reason_is_made_again_under_the_same_number(house):
    house.fault("clone", "late_failure")
    assert house.created().external_id == "100"
    assert len(house.calls("clone")) == 2


def test_a_start_that_never_succeeds_ends_the_job_and_takes_everything_back(house):
    house.fault("start", "late_failure", times=-1)
    report = house.run("create")
    assert report.state == "failed"
    assert "QEMU exited" in repr(report.signals[-1])
    assert report.undone == ["clone_template", "reserve_address"]
    assert house.vms() == {}
    house.app.faults.clear()
    assert house.created("op_2").address == "10.77.0.11"  # the first one rests before it is given again


def test_undo_removes_a_machine_that_still_runs_and_leaves_strangers_alone(house):
    house.app.guests.put(new_guest(200, "pve1", {"name": "stranger", "scsi0": "ceph-vm:vm-200,size=8G"}))
    house.created("op_1")
    step = next(step for step in house.module.create() if step.name == "clone_template")
    step.undo(house.runner("op_1")._call("create", step, None, RunReport()))
    assert list(house.vms()) == [200]


def test_undo_that_cannot_finish_says_what_is_left_and_keeps_the_address(house):
    house.fault("start", "late_failure", times=-1)
    house.fault(
        "delete",
        "error",
        times=-1,
        status=500,
        reason="can't remove VM 100 - protection mode enabled",
        body="",
    )
    report = house.run("create")
    assert report.undone == []
    assert "VM 100 on pve1 is left" in report.left_behind[0]
    assert "the address stays reserved" in report.left_behind[1]


def test_warnings_of_a_task_are_success(house):
    house.fault("clone", "late_failure", exitstatus="WARNINGS: 1")
    house.created()
    assert len(house.calls("clone")) == 1


def test_a_backup_lock_is_waited_for_and_harms_nothing(house):
    runner = house.runner("op_1")

    def wait(seconds):
        house.wait(seconds)
        guest = house.app.guests.find(100)
        if guest and not house.calls("config.put") and not guest["lock"]:
            house.by_hand(100, lock="backup")
        elif guest and guest["lock"] == "backup" and seconds >= 300:
            house.by_hand(100, lock=None)

    runner.wait = wait
    assert runner.run("create").state == "complete"


def test_a_missing_template_asks_a_person(house):
    report = house.run("create", size=ProductSettings(template_vmid=9999))
    assert report.state == "needs_info"
    assert "Template 9999" in report.signals[-1].question


def test_a_revoked_token_asks_a_person_and_makes_nothing(house):
    house.fault("*", "unauthorized", times=-1)
    report = house.run("create")
    assert isinstance(report.signals[-1], NeedsInfo)
    assert house.vms() == {}


def test_a_missing_privilege_is_named(house):
    house.fault("clone", "unauthorized", privilege="VM.Clone", path="/vms/9000")
    assert "VM.Clone" in house.run("create").signals[-1].question


def test_a_storage_that_does_not_exist_ends_the_job(house):
    report = house.run("create", server=house.with_settings(storage="nowhere"))
    assert isinstance(report.signals[-1], PermanentFailure)
    assert report.undone == ["clone_template", "reserve_address"]


def test_full_addresses_ask_a_person(house):
    server = house.with_settings(pools="10.9.0.2-10.9.0.2/24,gw=10.9.0.1")
    house.created("op_1", server=server)
    report = house.run("create", "op_2", server=server)
    assert report.state == "needs_info"
    assert list(house.vms()) == [100]


def test_a_cluster_without_pools_uses_dhcp(house):
    made = house.created(server=house.with_settings(pools=""))
    assert house.vms()[100]["ipconfig0"] == "ip=dhcp"
    assert made.address is None


def test_a_node_to_put_machines_on_is_honoured(house):
    assert house.created(server=house.with_settings(node="pve2")).location == "pve2"


def test_nonsense_in_the_order_ends_the_job_before_anything_is_made(house):
    report = house.run("create", service=house.service(params={"hostname": "x; rm -rf /", "ssh_keys": ""}))
    assert report.state == "failed"
    assert house.vms() == {}


def test_a_machine_may_send_from_its_own_addresses_only_before_it_first_runs(house):
    house.fault("firewall.set.add", "lose_answer")
    house.created()
    wall = house.vms()[100]["firewall"]
    assert wall["sets"] == {"ipfilter-net0": ["10.77.0.10"]}
    assert {name: wall["options"][name] for name in ("enable", "ipfilter", "macfilter", "policy_in")} == {
        "enable": "1",
        "ipfilter": "1",
        "macfilter": "1",
        "policy_in": "ACCEPT",
    }
    order = [
        call["call"] for call in house.app.calls.all() if call["call"] in ("firewall.options.put", "start")
    ]
    assert order == ["firewall.options.put", "start"]


def test_a_server_may_leave_the_firewall_alone(house):
    house.created(server=house.with_settings(firewall=False))
    assert house.vms()[100]["firewall"] is None
    assert "firewall" not in house.vms()[100]["net0"]


def test_two_workers_that_run_one_order_at_once_make_one_machine(house):
    with ThreadPoolExecutor(3) as pool:
        reports = list(pool.map(lambda _: house.run("create", limit=80), range(3)))
    assert [report.resource.external_id for report in reports if report.resource] == ["100"] * 3
    assert list(house.vms()) == [100]


def test_a_strangers_machine_under_the_number_we_wrote_down_is_not_adopted(house):
    house.module.workshop.reservations(house.server).take_number("op_1", 100)
    house.app.guests.put(new_guest(100, "pve1", {"name": "stranger", "scsi0": "ceph-vm:vm-100,size=8G"}))
    assert house.created().external_id == "101"
    assert house.vms()[100]["status"] == "stopped"


def test_a_cluster_that_keeps_hinting_at_a_taken_number_is_asked_for_the_ones_above(house):
    house.app.guests.put(new_guest(100, "pve2", {"name": "stranger", "scsi0": "ceph-vm:vm-100,size=8G"}))
    house.app.guests.put(new_guest(101, "pve2", {"name": "stranger", "scsi0": "ceph-vm:vm-101,size=8G"}))
    house.fault("nextid", "stale_read", times=-1, vmid=100)
    assert house.created().external_id == "102"
