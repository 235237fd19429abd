"""Storages of the imitated cluster: what lies on them, backups made by vzdump, and restoring them."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Final

from ez_proxmox.sandbox import refusals
from ez_proxmox.sandbox.guests import Guests, boot_disk, disk_gb
from ezcore.plugin_api.sandbox import Document, Store

KIND: Final = "volume"
GIB: Final = 1024**3
TEMPLATE: Final = "local:vztmpl/debian-13-standard_13.1-1_amd64.tar.zst"
SUFFIX: Final = {"qemu": "vma.zst", "lxc": "tar.zst"}


def seed(store: Store) -> None:
    """The template of containers that a fresh cluster has."""
    facts = {"content": "vztmpl", "format": "tzst", "size": 130_000_000, "ctime": 1_770_000_000}
    store.put(KIND, TEMPLATE, {"volid": TEMPLATE, "storage": "local", **facts})


def content(store: Store, storage: str, given: Mapping[str, str]) -> list[Document]:
    """GET storage/{storage}/content."""
    return [
        {name: value for name, value in volume.items() if name not in ("storage", "config", "kind")}
        for volume in store.all(KIND)
        if volume["storage"] == storage
        and given.get("content") in (None, volume["content"])
        and given.get("vmid") in (None, str(volume.get("vmid")))
    ]


def find(store: Store, volid: str) -> Document:
    """A volume by its name. Raises: Refusal when there is none."""
    found = store.get(KIND, volid)
    if found is None:
        raise refusals.Refusal(500, f"no such volume '{volid}'\n")
    return found


def dumped(store: Store, guests: Guests, guest: Document, effect: Document, now: float) -> str:
    """The task vzdump has ended: the archive is there, the guest is free."""
    kind = guest.get("kind", "qemu")
    moment = time.strftime("%Y_%m_%d-%H_%M_%S", time.gmtime(now))
    volid = f"{effect['storage']}:backup/vzdump-{kind}-{guest['vmid']}-{moment}.{SUFFIX[kind]}"
    disk = boot_disk(guest)
    facts: Document = {
        "volid": volid,
        "storage": effect["storage"],
        "content": "backup",
        "subtype": kind,
        "format": SUFFIX[kind],
        "vmid": guest["vmid"],
        "ctime": int(now),
        "size": int((disk_gb(guest, disk) if disk else 1) * GIB / 4),
        "config": dict(guest["config"]),
        "kind": kind,
    }
    if effect.get("notes"):
        facts["notes"] = effect["notes"]
    store.put(KIND, volid, facts)
    guests.put({**guest, "lock": None})
    return "OK"


def restored(store: Store, guests: Guests, guest: Document, effect: Document, _now: float) -> str:
    """The task qmrestore or vzrestore has ended: the guest is what the archive says, off and without snapshots."""
    volume = store.get(KIND, effect["archive"])
    if volume is None:
        return f"volume '{effect['archive']}' does not exist"
    times = guest.get("restored", 0) + 1
    now = {"config": dict(volume["config"]), "lock": None, "snapshots": {}, "parent": None, "restored": times}
    guests.put({**guest, **now, "status": "stopped", "started_at": None})
    return "OK"
