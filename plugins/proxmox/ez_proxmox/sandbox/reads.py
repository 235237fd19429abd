"""Answers to the reading calls: cluster view, node lists, configuration and status of a guest."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from ez_proxmox.sandbox import rrd
from ez_proxmox.sandbox.guests import Guests, boot_disk, digest, disk_gb
from ezcore.plugin_api.sandbox import Document, Store

STORAGES: Final = ("local", "local-lvm", "ceph-vm", "backup")

GIB: Final = 1024**3
MIB: Final = 1024**2
MASK: Final = "**********"
NUMBERS: Final = frozenset(
    {"cores", "sockets", "onboot", "template", "protection", "balloon", "unprivileged", "swap"}
)
COLD: Final = frozenset({"cores", "sockets", "memory", "cpu", "vga", "bios", "machine"})
VERSION: Final = {"version": "9.1.3", "release": "9.1", "repoid": "0123456789abcdef"}


class ResourcesView:
    """/cluster/resources: a snapshot that is taken again only when it is older than the lag (seconds)."""

    def __init__(self, store: Store, guests: Guests, now: Callable[[], float], lag: float) -> None:
        self._store, self._guests, self._now, self._lag = store, guests, now, lag

    def vms(self, *, frozen: bool = False) -> list[Document]:
        """The guests as the cache knows them; `frozen` serves the old snapshot whatever its age."""
        snapshot = self._store.get("view", "vm")
        if snapshot is None or (not frozen and self._now() - snapshot["at"] >= self._lag):
            snapshot = {
                "at": self._now(),
                "vms": [_resource(guest, self._now()) for guest in self._guests.all()],
            }
            self._store.put("view", "vm", snapshot)
        vms: list[Document] = snapshot["vms"]
        return vms


def kind_of(guest: Document) -> str:
    """Qemu or lxc."""
    return str(guest.get("kind", "qemu"))


def _resource(guest: Document, now: float) -> Document:
    return {
        **listed(guest, now),
        "id": f"{kind_of(guest)}/{guest['vmid']}",
        "type": kind_of(guest),
        "node": guest["node"],
        **({"pool": guest["pool"]} if guest["pool"] else {}),
    }


def listed(guest: Document, now: float) -> Document:
    """One line of a guest list."""
    config = guest["config"]
    disk = boot_disk(guest)
    facts: Document = {
        "vmid": guest["vmid"],
        "name": config.get("hostname" if kind_of(guest) == "lxc" else "name", f"VM {guest['vmid']}"),
        "status": guest["status"],
        "template": int(config.get("template", 0)),
        "maxcpu": int(config.get("cores", 1)),
        "maxmem": int(config.get("memory", 512)) * MIB,
        "maxdisk": int(disk_gb(guest, disk) * GIB) if disk else 0,
        "uptime": int(now - guest["started_at"]) if guest["started_at"] else 0,
        "cpu": 0,
        "mem": 0,
        "disk": 0,
    }
    optional = {"lock": guest["lock"], "tags": config.get("tags")}
    return {**facts, **{name: value for name, value in optional.items() if value}}


def config(guest: Document) -> Document:
    """GET config: the password masked, numbers as numbers, with the digest."""
    answer: Document = {}
    for name, value in guest["config"].items():
        answer[name] = int(value) if name in NUMBERS and re.fullmatch(r"\d+", str(value)) else value
    if "cipassword" in answer:
        answer["cipassword"] = MASK
    if kind_of(guest) == "lxc" and "memory" in answer:
        answer["memory"] = int(answer["memory"])
    if guest["lock"]:
        answer["lock"] = guest["lock"]
    return {**answer, "digest": digest(guest)}


def current(guest: Document, now: float) -> Document:
    """GET status/current."""
    facts = listed(guest, now)
    cpus = facts.pop("maxcpu")
    del facts["template"]
    now_is = rrd.lines({**guest, "rrd": None}, "hour", now)[-1]
    facts |= {"cpu": now_is.get("cpu", 0), "mem": int(now_is.get("mem", 0)), "cpus": cpus}
    if kind_of(guest) == "lxc":
        return {**facts, "type": "lxc", "disk": facts["maxdisk"] // 5, "ha": {"managed": int(guest["ha"])}}
    return {**facts, "qmpstatus": guest["status"], "ha": {"managed": int(guest["ha"])}}


def storages() -> list[Document]:
    """GET nodes/{node}/storage."""
    return [{"storage": name, "type": "dir", "content": "images,rootdir,backup,vztmpl"} for name in STORAGES]


def pending(guest: Document) -> list[Document]:
    """GET pending: what a running guest was started with, and what waits for its next start."""
    booted = guest["booted"] if guest["status"] == "running" and kind_of(guest) == "qemu" else None
    lines: list[Document] = []
    for name, value in config(guest).items():
        if booted is not None and name in COLD and booted.get(name) != guest["config"][name]:
            lines.append({"key": name, "value": str(booted.get(name)), "pending": str(value)})
        elif name != "digest":
            lines.append({"key": name, "value": str(value)})
    return lines


def interfaces(guest: Document) -> Document:
    """GET agent/network-get-interfaces: what cloud-init gave the guest when it was last started."""
    found = re.search(r"\bip=([0-9.]+)/(\d+)", (guest["booted"] or {}).get("ipconfig0", ""))
    addresses = (
        [{"ip-address-type": "ipv4", "ip-address": found[1], "prefix": int(found[2])}] if found else []
    )
    lo = {"name": "lo", "ip-addresses": [{"ip-address-type": "ipv4", "ip-address": "127.0.0.1", "prefix": 8}]}
    return {"result": [lo, {"name": "eth0", "ip-addresses": addresses}]}
