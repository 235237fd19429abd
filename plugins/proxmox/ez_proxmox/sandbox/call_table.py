"""Which calls the imitated cluster knows, and which parameters each takes.

Source of rules: the generated API schema of pve-docs 9.1.3; a test compares this table with it. Guests are virtual
machines (`qemu`) and containers (`lxc`): what both have is written once.
"""

from __future__ import annotations

import re
from typing import Final


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


CONFIG: Final = _names(
    """
    acpi agent balloon bios boot bootdisk cicustom cipassword citype ciupgrade ciuser cores cpu cpulimit
    cpuunits delete description digest force freeze hookscript hotplug kvm machine memory name nameserver
    numa onboot ostype protection revert scsihw searchdomain skiplock smbios1 sockets sshkeys startup tablet
    tags vcpus vga vmgenid
    """
)
CONTAINER: Final = _names(
    """
    arch cmode console cores cpulimit cpuunits debug delete description digest features hookscript hostname lock
    memory nameserver onboot ostype protection revert rootfs searchdomain startup swap tags template timezone tty
    unprivileged
    """
)
NUMBERED: Final = re.compile(r"(ipconfig|net|scsi|ide|sata|virtio|serial|unused|mp|dev)\d{1,3}")
INTEGERS: Final = _names(
    """
    newid cores sockets cpuunits vcpus balloon timeout start limit vmid pos enable port swap since until width height
    """
)
BOOLEANS: Final = _names(
    """
    full onboot protection acpi purge destroy-unreferenced-disks forceStop skiplock kvm numa online overrule-shutdown
    vmstate websocket generate-password restore force unprivileged unique errors
    """
)
RULE: Final = "action comment dest digest dport enable icmp-type iface log macro pos proto source sport type"
OPTIONS: Final = (
    "delete dhcp digest enable ipfilter log_level_in log_level_out macfilter ndp policy_in policy_out radv"
)
VZDUMP: Final = (
    "compress mode notes-template protected prune-backups quiet remove storage vmid zstd lockwait stopwait"
)

_CLUSTER: Final = {
    "GET /version": "",
    "GET /access/permissions": "path userid",
    "GET /cluster/nextid": "vmid",
    "GET /cluster/resources": "type",
    "GET /nodes": "",
    "GET /nodes/{node}/storage": "content enabled format storage target",
    "GET /nodes/{node}/storage/{storage}/content": "content vmid",
    "DELETE /nodes/{node}/storage/{storage}/content/{volume}": "delay",
    "POST /nodes/{node}/vzdump": VZDUMP,
    "GET /nodes/{node}/qemu": "full",
    "GET /nodes/{node}/lxc": "",
    "GET /nodes/{node}/tasks": "errors limit since source start statusfilter typefilter until userfilter vmid",
    "GET /nodes/{node}/tasks/{upid}/status": "",
    "DELETE /nodes/{node}/tasks/{upid}": "",
    "GET /nodes/{node}/tasks/{upid}/log": "start limit download",
}
_BOTH: Final = {
    "GET /config": "current snapshot",
    "GET /pending": "",
    "PUT /resize": "disk size digest",
    "GET /status/current": "",
    "GET /rrddata": "cf timeframe",
    "POST /status/start": "skiplock",
    "POST /status/stop": "skiplock overrule-shutdown",
    "POST /status/shutdown": "timeout forceStop",
    "POST /status/reboot": "timeout",
    "POST /migrate": "target online",
    "GET /snapshot": "",
    "POST /snapshot": "description snapname",
    "DELETE /snapshot/{snapname}": "force",
    "POST /snapshot/{snapname}/rollback": "start",
    "GET /vncwebsocket": "port vncticket",
    "GET /firewall/options": "",
    "PUT /firewall/options": OPTIONS,
    "GET /firewall/rules": "",
    "POST /firewall/rules": RULE,
    "DELETE /firewall/rules/{pos}": "digest",
    "GET /firewall/ipset": "",
    "POST /firewall/ipset": "name comment digest rename",
    "GET /firewall/ipset/{name}": "",
    "POST /firewall/ipset/{name}": "cidr comment nomatch",
    "DELETE /firewall/ipset/{name}/{cidr}": "digest",
}
_MACHINE: Final = {
    "POST /clone": "newid name description full storage format target pool snapname bwlimit",
    "POST /snapshot": "description snapname vmstate",
    "PUT /cloudinit": "",
    "PUT /resize": "disk size digest skiplock",
    "DELETE ": "purge destroy-unreferenced-disks skiplock",
    "POST /status/start": "skiplock timeout",
    "POST /status/stop": "skiplock timeout overrule-shutdown",
    "POST /status/shutdown": "skiplock timeout forceStop",
    "POST /status/reset": "skiplock",
    "POST /vncproxy": "websocket generate-password",
    "GET /agent/network-get-interfaces": "",
}
_CONTAINER: Final = {
    "DELETE ": "force purge destroy-unreferenced-disks",
    "POST /vncproxy": "websocket width height",
    "POST /termproxy": "",
    "GET /interfaces": "",
}
_NEEDED: Final = {
    "POST /clone": "newid",
    "PUT /resize": "disk size",
    "POST /migrate": "target",
    "GET /rrddata": "timeframe",
    "POST /snapshot": "snapname",
    "GET /vncwebsocket": "port vncticket",
    "POST /firewall/rules": "action type",
    "POST /firewall/ipset": "name",
    "POST /firewall/ipset/{name}": "cidr",
}


def _of(kind: str, calls: dict[str, str]) -> dict[str, frozenset[str]]:
    parts = {call: call.split(" ", 1) for call in calls}
    return {f"{m} /nodes/{{node}}/{kind}/{{vmid}}{p}": _names(calls[call]) for call, (m, p) in parts.items()}


CALLS: Final[dict[str, frozenset[str]]] = {
    **{call: _names(text) for call, text in _CLUSTER.items()},
    **_of("qemu", {**_BOTH, **_MACHINE}),
    **_of("lxc", {**_BOTH, **_CONTAINER}),
    "PUT /nodes/{node}/qemu/{vmid}/config": CONFIG,
    "POST /nodes/{node}/qemu/{vmid}/config": CONFIG | {"background_delay"},
    "PUT /nodes/{node}/lxc/{vmid}/config": CONTAINER,
    "POST /nodes/{node}/qemu": (CONFIG - {"delete", "digest", "revert", "skiplock"})
    | _names("vmid archive force storage pool start unique bwlimit"),
    "POST /nodes/{node}/lxc": (CONTAINER - {"delete", "digest", "revert"})
    | _names("vmid ostemplate password ssh-public-keys pool storage restore force start unique bwlimit"),
}
REQUIRED: Final[dict[str, tuple[str, ...]]] = {
    **{call: tuple(names) for call, names in _of("qemu", _NEEDED).items() if call in CALLS},
    **{call: tuple(names) for call, names in _of("lxc", _NEEDED).items() if call in CALLS},
    "POST /nodes/{node}/qemu": ("vmid",),
    "POST /nodes/{node}/lxc": ("vmid", "ostemplate"),
}


def is_config(call: str) -> bool:
    """Whether a call takes numbered settings such as net0."""
    return call.endswith("/config") or call in ("POST /nodes/{node}/qemu", "POST /nodes/{node}/lxc")
