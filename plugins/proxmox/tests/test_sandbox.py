"""The imitated cluster behaves as the contract says a Proxmox VE 9 does, seen through the real client."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from urllib.parse import quote

import proxmoxer
import pytest
import requests
from ez_proxmox.sandbox import make
from ez_proxmox.sandbox.parameters import CALLS, REQUIRED
from ez_proxmox.sandbox.seed import TOKEN_ID, TOKEN_SECRET
from ez_proxmox.upid import NotAUpid, Upid

from ezcore.plugin_api.sandbox import SandboxOptions, SandboxRequest

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIG5vdCBhIHNlY3JldCBidXQgMzIgYnl0ZXMgb2Yga2V5 ana+vps@example.test"
EXAMPLE = "UPID:pve1:0012F1A3:04C2A9B1:66F0A1B2:qmclone:9000:billing@pve!fw:"


@pytest.fixture
def pve(house):
    user, token = TOKEN_ID.split("!")
    port = house.served.port
    client = proxmoxer.ProxmoxAPI(
        "127.0.0.1", port=port, user=user, token_name=token, token_value=TOKEN_SECRET, verify_ssl=_ca(house)
    )
    yield client
    client._store["session"].close()


def _ca(house) -> str:
    return house.server.settings.ca_file


def refusal(call, **parameters) -> proxmoxer.ResourceException:
    with pytest.raises(proxmoxer.ResourceException) as raised:
        call(**parameters)
    return raised.value


@pytest.fixture
def guest(house, pve):
    """Machine 100, copied and unlocked."""
    pve.nodes("pve1").qemu(9000).clone.post(newid=100, name="one", description="by hand")
    house.wait(5)
    return pve.nodes("pve1").qemu(100)


def test_a_clone_exists_at_once_and_is_locked_until_its_task_ends(house, pve):
    upid = pve.nodes("pve1").qemu(9000).clone.post(newid=100, name="one")
    assert Upid.parse(upid).id == "9000"
    assert pve.nodes("pve1").qemu(100).config.get()["lock"] == "clone"
    assert refusal(pve.nodes("pve1").qemu(100).config.put, cores=2).content == "VM is locked (clone)"
    assert pve.nodes("pve1").tasks(upid).status.get()["status"] == "running"
    house.wait(5)
    status = pve.nodes("pve1").tasks(upid).status.get()
    assert (status["status"], status["exitstatus"]) == ("stopped", "OK")
    assert (status["user"], status["tokenid"]) == tuple(TOKEN_ID.split("!"))
    assert pve.nodes("pve1").tasks(upid).log.get()[-1]["t"] == "TASK OK"
    assert "lock" not in pve.nodes("pve1").qemu(100).config.get()


def test_the_next_number_is_only_a_hint(pve):
    assert pve.cluster.nextid.get() == pve.cluster.nextid.get() == 100
    pve.nodes("pve1").qemu(9000).clone.post(newid=100)
    loser = refusal(pve.nodes("pve1").qemu(9000).clone.post, newid=100)
    assert (loser.status_code, loser.content) == (500, "unable to create VM 100: config file already exists")
    assert refusal(pve.cluster.nextid.get, vmid=100).errors == {"vmid": "VM 100 already exists"}


def test_an_unknown_parameter_is_refused_by_name(guest):
    error = refusal(guest.config.put, colour="blue")
    assert error.status_code == 400
    assert error.errors == {
        "colour": "property is not defined in schema and the schema does not allow additional properties"
    }


def test_a_missing_parameter_is_refused_by_name(pve):
    error = refusal(pve.nodes("pve1").qemu(9000).clone.post, name="one")
    assert error.errors == {"newid": "property is missing and it is not optional"}


def test_ssh_keys_must_be_encoded_twice(guest):
    assert "invalid urlencoded string" in refusal(guest.config.put, sshkeys=KEY).errors["sshkeys"]
    guest.config.put(sshkeys=quote(KEY, safe=""))
    assert guest.config.get()["sshkeys"] == quote(KEY, safe="")
    assert refusal(guest.config.put, sshkeys="not%20a%20key").status_code == 500


def test_a_password_can_be_written_and_never_read(house, guest):
    guest.config.put(cipassword="hush-hush")
    assert guest.config.get()["cipassword"] == "**********"
    state = requests.get(house.served.address + "/_control/state", verify=_ca(house), timeout=5).text
    assert "hush-hush" not in state


def test_shrinking_a_disk_fails_inside_the_task(house, pve, guest):
    upid = guest.resize.put(disk="scsi0", size="1G")
    house.wait(2)
    assert pve.nodes("pve1").tasks(upid).status.get()["exitstatus"] == "shrinking disks is not supported"
    guest.resize.put(disk="scsi0", size="+7G")
    house.wait(2)
    assert guest.config.get()["scsi0"].endswith("size=10G")


def test_starting_while_the_disk_grows_ends_in_a_lock_timeout(house, pve, guest):
    guest.resize.put(disk="scsi0", size="20G")
    upid = guest.status.start.post()
    house.wait(2)
    assert "got timeout" in pve.nodes("pve1").tasks(upid).status.get()["exitstatus"]


def test_starting_what_runs_is_an_error_of_the_task_and_stopping_what_stands_is_none(house, pve, guest):
    for expected in ("OK", "VM 100 already running"):
        upid = guest.status.start.post()
        house.wait(2)
        assert pve.nodes("pve1").tasks(upid).status.get()["exitstatus"] == expected
    for _ in range(2):
        upid = guest.status.stop.post()
        house.wait(2)
        assert pve.nodes("pve1").tasks(upid).status.get()["exitstatus"] == "OK"


def test_a_running_or_protected_machine_cannot_be_deleted(house, guest):
    guest.status.start.post()
    house.wait(2)
    assert refusal(guest.delete).content == "VM 100 is running - destroy failed"
    guest.config.put(protection=1)
    assert refusal(guest.delete).content == "can't remove VM 100 - protection mode enabled"


def test_the_list_of_the_cluster_is_some_seconds_old(house, pve, guest):
    before = [line["vmid"] for line in pve.cluster.resources.get(type="vm")]
    pve.nodes("pve1").qemu(9000).clone.post(newid=101)
    assert [line["vmid"] for line in pve.cluster.resources.get(type="vm")] == before
    house.wait(10)
    assert 101 in [line["vmid"] for line in pve.cluster.resources.get(type="vm")]


def test_a_migrated_machine_is_no_more_on_its_old_node(house, pve, guest):
    guest.migrate.post(target="pve2")
    assert refusal(guest.config.put, cores=2).content == "VM is locked (migrate)"
    house.wait(2)
    gone = "Configuration file 'nodes/pve1/qemu-server/100.conf' does not exist"
    assert refusal(guest.config.get).content == gone
    assert pve.nodes("pve2").qemu(100).config.get()["name"] == "one"


def test_a_failed_clone_leaves_no_configuration(house, pve):
    house.fault("clone", "late_failure")
    upid = pve.nodes("pve1").qemu(9000).clone.post(newid=100)
    house.wait(5)
    assert pve.nodes("pve1").tasks(upid).status.get()["exitstatus"].startswith("clone failed")
    assert house.vms() == {}


def test_a_changed_configuration_refuses_an_old_digest(guest):
    old = guest.config.get()["digest"]
    guest.config.put(cores=2, digest=old)
    assert refusal(guest.config.put, cores=4, digest=old).content.startswith("checksum mismatch")


def test_tasks_are_asked_by_their_exact_name(pve):
    assert refusal(pve.nodes("pve1").tasks("nonsense").status.get).errors == {
        "upid": "unable to parse worker upid"
    }
    assert refusal(pve.nodes("pve1").tasks(EXAMPLE).status.get).errors == {"upid": "no such task"}


def test_credentials_are_checked_and_a_wrong_one_waits(house):
    naps = []
    house.app.sleep = naps.append
    bare = requests.get(house.served.address + "/api2/json/version", verify=_ca(house), timeout=5)
    assert (bare.status_code, bare.reason, bare.content) == (401, "No ticket", b"")
    wrong = {"Authorization": f"PVEAPIToken={TOKEN_ID}=wrong"}
    answer = requests.get(
        house.served.address + "/api2/json/version", headers=wrong, verify=_ca(house), timeout=5
    )
    assert (answer.status_code, answer.reason) == (401, "Authentication failed!")
    assert len(naps) == 2


def test_a_delete_with_a_body_is_not_implemented(house, guest):
    headers = {"Authorization": f"PVEAPIToken={TOKEN_ID}={TOKEN_SECRET}"}
    address = house.served.address + "/api2/json/nodes/pve1/qemu/100"
    assert (
        requests.delete(address, headers=headers, data={"purge": 1}, verify=_ca(house), timeout=5).status_code
        == 501
    )


def test_a_task_that_runs_when_the_imitation_is_killed_ends_by_the_clock(house, pve, tmp_path):
    pve.nodes("pve1").qemu(9000).clone.post(newid=100)
    house.wait(5)
    again = make(
        tmp_path / "cluster", SandboxOptions(clock=house.app.options.clock, extra=house.app.options.extra)
    )
    request = SandboxRequest("GET", "/_control/state", "", {}, b"", "https://127.0.0.1")
    state = json.loads(again.handle(request).body)
    assert [vm["lock"] for vm in state["vms"] if vm["vmid"] == 100] == [None]
    assert state["tasks"][0]["exitstatus"] == "OK"
    again.close()


def test_hands_can_be_laid_on_a_machine_through_the_control_page(house, guest):
    def post(path, body):
        return requests.post(house.served.address + path, json=body, verify=_ca(house), timeout=5)

    assert post("/_control/guest", {"vmid": 100, "node": "pve2", "tags": "x"}).json()["node"] == "pve2"
    assert post("/_control/guest", {"vmid": 555}).status_code == 404
    assert post("/_control/guests", {"vmid": 300, "node": "pve1"}).json()["name"] == "stranger"
    assert post("/_control/destroy", {"vmid": 300}).json() == {"ok": True}
    assert list(house.vms()) == [100]


def test_after_a_reset_the_template_is_there_again(house, pve, guest):
    requests.post(house.served.address + "/_control/reset", verify=_ca(house), timeout=5)
    assert [line["vmid"] for line in pve.cluster.resources.get(type="vm")] == [9000]


def test_a_task_name_is_read_and_written_the_same():
    assert str(Upid.parse(EXAMPLE)) == EXAMPLE
    for wrong in ("", "UPID:pve1:", EXAMPLE[:-1], EXAMPLE + "x", EXAMPLE.replace("0012F1A3", "XYZ")):
        with pytest.raises(NotAUpid):
            Upid.parse(wrong)


@pytest.mark.skipif(
    "EZ_CONTRACTS" not in os.environ, reason="EZ_CONTRACTS names no folder of vendor contracts"
)
def test_every_call_and_parameter_is_one_of_the_vendor_contract():
    paths = json.loads(Path(os.environ["EZ_CONTRACTS"], "proxmox", "api.json").read_text())["paths"]
    for call, ours in CALLS.items():
        method, path = call.split(" ", 1)
        schema = (paths[path][method].get("parameters") or {}).get("properties", {})
        numbered = {re.sub(r"\[n\]$", "0", name) for name in schema}
        assert ours <= numbered, (call, ours - numbered)
        required = {n for n, p in schema.items() if not p.get("optional")} - set(
            re.findall(r"\{(\w+)\}", path)
        )
        assert required == set(REQUIRED.get(call, ())), call
