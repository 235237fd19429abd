"""Every request the plugin sends and every answer of the imitation is what the vendor's schema allows.

The fixture `house` checks that in every test of this folder; here one long life goes through all calls there are.
"""

from __future__ import annotations

import pytest
from ez_proxmox.settings import ProductSettings

from plugins.proxmox.tests.vendor_schema import FOLDER, WHY_NOT, VendorSchema

SIZES = {
    "qemu": ProductSettings(cores=1, memory_mb=1024, disk_gb=10, extra_ips=1),
    "lxc": ProductSettings(
        kind="lxc", disk_gb=8, container_template="local:vztmpl/debian-13-standard_13.1-1_amd64.tar.zst"
    ),
}
SENT_FOR_BOTH = {
    "GET config", "PUT config", "PUT resize", "GET status/current", "POST status/start", "POST status/stop",
    "POST status/shutdown", "POST status/reboot", "GET snapshot", "POST snapshot", "DELETE snapshot/{snapname}",
    "POST snapshot/{snapname}/rollback", "GET rrddata", "POST vncproxy", "GET firewall/options", "PUT firewall/options",
    "GET firewall/rules", "POST firewall/rules", "DELETE firewall/rules/{pos}", "GET firewall/ipset",
    "POST firewall/ipset", "GET firewall/ipset/{name}", "POST firewall/ipset/{name}",
}  # fmt: skip
OF_CLUSTER = {
    "GET /version", "GET /access/permissions", "GET /cluster/nextid", "GET /cluster/resources", "GET /nodes",
    "GET /nodes/{node}/storage", "GET /nodes/{node}/storage/{storage}/content",
    "DELETE /nodes/{node}/storage/{storage}/content/{volume}", "POST /nodes/{node}/vzdump",
    "GET /nodes/{node}/tasks", "GET /nodes/{node}/tasks/{upid}/status",
}  # fmt: skip


@pytest.mark.skipif(FOLDER is None, reason=WHY_NOT)
@pytest.mark.parametrize("kind", ["qemu", "lxc"])
def test_a_whole_life_speaks_the_vendors_schema(house, kind):
    schema = VendorSchema()
    house.app.witness = schema.check
    size = SIZES[kind]
    made = house.created(size=size)
    bigger = size.model_copy(update={"disk_gb": size.disk_gb + 1, "extra_ips": 0})

    def act(name, job, /, **wish):
        report = house.act(name, made, job, size=bigger, **wish)
        assert report.state == "complete", (name, report.said)
        return report.results

    assert house.run("change_package", resource=made, size=bigger).state == "complete"
    for number, name in enumerate(("shutdown", "start", "reboot", "snapshot_create", "backup_create")):
        done = act(name, f"job_{number}")
        volume = done.get("make", {}).get("volume", "")
    act("snapshot_create", "s1", name="one")
    act("snapshot_rollback", "s2", name="one")
    act("snapshot_delete", "s3", name="one")
    act("backup_restore", "b1", volume=volume)
    act("backup_delete", "b2", volume=volume)
    act("firewall_delete", "f2", mark=act("firewall_add", "f1", port="22", source="192.0.2.1")["add"]["mark"])
    act("firewall_policy", "f3", incoming="DROP")
    house.module.look(house.server, made)
    house.module.test_connection(house.server)
    house.module.list_accounts(house.server)
    house.module.read_usage(house.server, [made], house.app.clock.now())
    house.module.console(house.server, made)
    act("reinstall", "r1")
    for verb in ("suspend", "unsuspend", "terminate"):
        assert house.run(verb, resource=made, size=bigger).state == "complete"
    assert schema.wrong == []
    sent = {
        f"{call.split(' ')[0]} /nodes/{{node}}/{kind}/{{vmid}}/{call.split(' ')[1]}" for call in SENT_FOR_BOTH
    }
    assert (sent | OF_CLUSTER) - schema.seen == set()


@pytest.mark.skipif(FOLDER is None, reason=WHY_NOT)
@pytest.mark.parametrize(
    ("call", "given", "answer", "words"),
    [
        ("PUT /nodes/{node}/qemu/{vmid}/config", {"colour": "blue"}, None, "no parameter colour"),
        ("PUT /nodes/{node}/qemu/{vmid}/config", {"cores": "two"}, None, "is no integer"),
        ("POST /nodes/{node}/qemu/{vmid}/snapshot", {}, "UPID", "snapname is missing"),
        ("GET /nodes/{node}/qemu/{vmid}/rrddata", {"timeframe": "minute"}, [], "is not one of"),
        ("GET /nodes/{node}/qemu/{vmid}/rrddata", {"timeframe": "hour"}, {}, "is no array"),
        ("POST /nodes/{node}/qemu/{vmid}/vncproxy", {"websocket": "yes"}, {}, "is no boolean"),
        ("GET /version", {}, {"version": 9, "release": "9.1", "repoid": "0" * 8}, "is no string"),
        ("GET /nowhere", {}, None, "no such call"),
    ],
)
def test_the_comparison_itself_sees_what_is_wrong(call, given, answer, words):
    schema = VendorSchema()
    schema.check(call, given, answer)
    assert any(words in fault for fault in schema.wrong), schema.wrong
