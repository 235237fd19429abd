"""Answers of a cluster are input like any other: nonsense is not believed, nothing is made twice for it."""

from __future__ import annotations

import pytest
from ez_proxmox.cluster import task_of
from ez_proxmox.errors import Kind, ProxmoxError
from ez_proxmox.guest import Guest, places

from ezcore.plugin_api.errors import StepSignal

READINGS = ["resources", "nodes", "config.get", "nextid", "task.status", "current", "firewall.sets"]
REPLIES = {
    "null": {"data": None},
    "a list of lists": {"data": [[1], "x", None]},
    "a list of empty objects": {"data": [{}]},
    "an object": {"data": {"vmid": "x", "node": "../../access", "status": "running, honestly"}},
    "a text": {"data": "</script>"},
    "a huge number": {"data": 10**30},
}


@pytest.mark.parametrize("reply", REPLIES)
@pytest.mark.parametrize("call", READINGS)
def test_a_reading_that_makes_no_sense_is_not_believed(house, call, reply):
    house.fault("clone", "late_failure")  # so that the status of a task is read too
    house.fault(call, "hostile", body=REPLIES[reply])
    report = house.run("create")
    assert report.state == "complete", report.said
    assert list(house.vms()) == [100]
    odd = [signal for signal in report.signals if not isinstance(signal, StepSignal | ProxmoxError)]
    assert odd == []
    assert house.app.faults.all() == []


@pytest.mark.parametrize("node", ["../access", "pve1/qemu", "", None, 7, "a b", "pve1?x", "pve1#", "-x"])
def test_a_name_that_is_no_node_never_becomes_part_of_an_address(node):
    with pytest.raises(ProxmoxError):
        places([{"type": "qemu", "vmid": 100, "node": node}])


def test_storages_in_the_list_are_passed_over():
    assert places([{"type": "storage"}, {"type": "node", "node": "pve1"}]) == []


@pytest.mark.parametrize("answer", ["", "UPID:x", 7, [], {}, True])
def test_what_is_no_task_leaves_the_outcome_unknown(answer):
    with pytest.raises(ProxmoxError) as raised:
        task_of(answer)
    assert raised.value.kind is Kind.UNKNOWN


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"scsi0": "local:100/vm.qcow2,size=10G"}, ("scsi0", 10.0)),
        ({"boot": "order=virtio0;net0", "scsi0": "a,size=1G", "virtio0": "b,size=2T"}, ("virtio0", 2048.0)),
        ({"ide2": "a,media=cdrom,size=4M", "sata0": "b,iothread=1,size=512M,ssd=1"}, ("sata0", 0.5)),
    ],
)
def test_the_disk_a_machine_starts_from_is_found(config, expected):
    assert Guest(100, "pve1", config).boot_disk() == expected


def test_a_machine_without_a_readable_disk_is_a_fact_and_not_a_crash():
    with pytest.raises(ProxmoxError):
        Guest(100, "pve1", {"ide2": "none,media=cdrom", "scsi0": "local:raw"}).boot_disk()


def test_a_cluster_without_nodes_is_not_believed(house):
    house.fault("nodes", "hostile", body={"data": []})
    with house.module.workshop.cluster(house.server) as cluster, pytest.raises(ProxmoxError):
        cluster.guest(555)
