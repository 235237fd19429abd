"""The parameters each imitated call accepts, and how their texts are checked.

Proxmox refuses unknown parameters with 400, so a client that invents one must fail here too.
Source of rules: the generated API schema of pve-docs 9.1.3; a test compares this table with it.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import unquote

from ez_proxmox.sandbox import refusals

CONFIG: Final = frozenset(
    {
        "acpi",
        "agent",
        "balloon",
        "bios",
        "boot",
        "bootdisk",
        "cicustom",
        "cipassword",
        "citype",
        "ciupgrade",
        "ciuser",
        "cores",
        "cpu",
        "cpulimit",
        "cpuunits",
        "delete",
        "description",
        "digest",
        "force",
        "freeze",
        "hookscript",
        "hotplug",
        "kvm",
        "machine",
        "memory",
        "name",
        "nameserver",
        "numa",
        "onboot",
        "ostype",
        "protection",
        "revert",
        "scsihw",
        "searchdomain",
        "skiplock",
        "smbios1",
        "sockets",
        "sshkeys",
        "startup",
        "tablet",
        "tags",
        "vcpus",
        "vga",
        "vmgenid",
    }
)
NUMBERED: Final = re.compile(r"(ipconfig|net|scsi|ide|sata|virtio|serial|unused)\d{1,3}")
INTEGERS: Final = frozenset(
    {"newid", "cores", "sockets", "cpuunits", "vcpus", "balloon", "timeout", "start", "limit", "vmid"}
)
BOOLEANS: Final = frozenset(
    {
        "full",
        "onboot",
        "protection",
        "acpi",
        "purge",
        "destroy-unreferenced-disks",
        "forceStop",
        "skiplock",
        "kvm",
        "numa",
        "online",
        "overrule-shutdown",
    }
)

CALLS: Final[Mapping[str, frozenset[str]]] = {
    "GET /version": frozenset(),
    "GET /cluster/nextid": frozenset({"vmid"}),
    "GET /cluster/resources": frozenset({"type"}),
    "GET /nodes": frozenset(),
    "GET /nodes/{node}/storage": frozenset({"content", "enabled", "format", "storage", "target"}),
    "GET /nodes/{node}/qemu": frozenset({"full"}),
    "POST /nodes/{node}/qemu/{vmid}/clone": frozenset(
        {"newid", "name", "description", "full", "storage", "format", "target", "pool", "snapname", "bwlimit"}
    ),
    "GET /nodes/{node}/qemu/{vmid}/config": frozenset({"current", "snapshot"}),
    "GET /nodes/{node}/qemu/{vmid}/pending": frozenset(),
    "PUT /nodes/{node}/qemu/{vmid}/config": CONFIG,
    "POST /nodes/{node}/qemu/{vmid}/config": CONFIG | {"background_delay"},
    "PUT /nodes/{node}/qemu/{vmid}/cloudinit": frozenset(),
    "PUT /nodes/{node}/qemu/{vmid}/resize": frozenset({"disk", "size", "digest", "skiplock"}),
    "DELETE /nodes/{node}/qemu/{vmid}": frozenset({"purge", "destroy-unreferenced-disks", "skiplock"}),
    "GET /nodes/{node}/qemu/{vmid}/status/current": frozenset(),
    "POST /nodes/{node}/qemu/{vmid}/status/start": frozenset({"skiplock", "timeout"}),
    "POST /nodes/{node}/qemu/{vmid}/status/stop": frozenset({"skiplock", "timeout", "overrule-shutdown"}),
    "POST /nodes/{node}/qemu/{vmid}/status/shutdown": frozenset({"skiplock", "timeout", "forceStop"}),
    "POST /nodes/{node}/qemu/{vmid}/status/reboot": frozenset({"timeout"}),
    "POST /nodes/{node}/qemu/{vmid}/migrate": frozenset({"target", "online"}),
    "GET /nodes/{node}/qemu/{vmid}/agent/network-get-interfaces": frozenset(),
    "GET /nodes/{node}/qemu/{vmid}/firewall/options": frozenset(),
    "PUT /nodes/{node}/qemu/{vmid}/firewall/options": frozenset(
        {
            "delete",
            "dhcp",
            "digest",
            "enable",
            "ipfilter",
            "macfilter",
            "ndp",
            "policy_in",
            "policy_out",
            "radv",
        }
    ),
    "GET /nodes/{node}/qemu/{vmid}/firewall/ipset": frozenset(),
    "POST /nodes/{node}/qemu/{vmid}/firewall/ipset": frozenset({"name", "comment", "digest", "rename"}),
    "GET /nodes/{node}/qemu/{vmid}/firewall/ipset/{name}": frozenset(),
    "POST /nodes/{node}/qemu/{vmid}/firewall/ipset/{name}": frozenset({"cidr", "comment", "nomatch"}),
    "GET /nodes/{node}/tasks": frozenset({"vmid", "limit", "start", "source"}),
    "GET /nodes/{node}/tasks/{upid}/status": frozenset(),
    "DELETE /nodes/{node}/tasks/{upid}": frozenset(),
    "GET /nodes/{node}/tasks/{upid}/log": frozenset({"start", "limit", "download"}),
}

REQUIRED: Final[Mapping[str, tuple[str, ...]]] = {
    "POST /nodes/{node}/qemu/{vmid}/clone": ("newid",),
    "PUT /nodes/{node}/qemu/{vmid}/resize": ("disk", "size"),
    "POST /nodes/{node}/qemu/{vmid}/migrate": ("target",),
    "POST /nodes/{node}/qemu/{vmid}/firewall/ipset": ("name",),
    "POST /nodes/{node}/qemu/{vmid}/firewall/ipset/{name}": ("cidr",),
}

VMIDS: Final = range(100, 10**9)

_URLENCODED = re.compile(r"[-%a-zA-Z0-9_.!~*'()]*")
_DNS_NAME = re.compile(
    r"(?=.{1,253}$)([a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)(\.[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*"
)
_TAGS = re.compile(r"[a-z0-9_][a-z0-9_\-+.]*([;, ][a-z0-9_][a-z0-9_\-+.]*)*", re.IGNORECASE)
_SIZE = re.compile(r"\+?\d+(\.\d+)?[KMGT]?")
_IPCONFIG = re.compile(r"(ip6?|gw6?)=[0-9a-fA-F.:/a-z]+(,(ip6?|gw6?)=[0-9a-fA-F.:/a-z]+)*")


def check(call: str, given: Mapping[str, str]) -> None:
    """Refuse what the schema of the call refuses.

    Raises: Refusal 400 with one text per wrong parameter.
    """
    allowed = CALLS[call]
    strange = [n for n in given if n not in allowed and not (allowed >= CONFIG and NUMBERED.fullmatch(n))]
    if strange:
        raise refusals.unknown(strange)
    absent = [n for n in REQUIRED.get(call, ()) if not given.get(n)]
    if absent:
        raise refusals.missing(*absent)
    wrong = {name: text for name, value in given.items() if (text := _fault_of(call, name, value))}
    if wrong:
        raise refusals.parameters(wrong)


def _fault_of(call: str, name: str, value: str) -> str | None:
    if name in INTEGERS and not re.fullmatch(r"-?\d+", value):
        return f"type check ('integer') failed - got '{value}'"
    if name in BOOLEANS and value not in ("0", "1", "true", "false", "yes", "no", "on", "off"):
        return f"type check ('boolean') failed - got '{value}'"
    if name in ("newid", "vmid") and int(value) not in VMIDS:
        return "invalid format - value does not look like a valid VM ID"
    return _format_fault(call, name, value)


def _format_fault(call: str, name: str, value: str) -> str | None:
    if name == "sshkeys" and not _URLENCODED.fullmatch(value):
        return f"invalid format - invalid urlencoded string: {value}"
    if name == "name" and not call.endswith("/ipset") and not _DNS_NAME.fullmatch(value):
        return f"invalid format - value does not look like a valid DNS name\nvalue '{value}'"
    if name == "tags" and value and not _TAGS.fullmatch(value):
        return "invalid format - invalid characters in tag"
    if name == "size" and not _SIZE.fullmatch(value):
        return "value does not match the regex pattern"
    if name.startswith("ipconfig") and not _IPCONFIG.fullmatch(value):
        return "invalid format - format error"
    return None


def check_ssh_keys(encoded: str) -> None:
    """Do what the server does with ssh-keygen: every line must be one public key.

    Raises: Refusal 500 when a line is not a key (for example because it was encoded only once).
    """
    for line in unquote(encoded).splitlines():
        if line.strip() and not _is_public_key(line.split()):
            raise refusals.bad_ssh_key()


def _is_public_key(words: list[str]) -> bool:
    try:
        blob = base64.b64decode(words[1], validate=True)
    except (IndexError, binascii.Error, ValueError):
        return False
    kind = words[0].encode()
    return blob[:4] == len(kind).to_bytes(4, "big") and blob[4 : 4 + len(kind)] == kind


def truth(value: str | None) -> bool:
    """Perl's idea of a boolean parameter."""
    return value in ("1", "true", "yes", "on")
