"""The virtual machines and containers of the imitated cluster: their configuration files, locks and power.

A guest is one document: where it lives, what its configuration says and with what it was last started.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Final

from ez_proxmox.sandbox import refusals
from ezcore.plugin_api.sandbox import Document, Store

KIND: Final = "guest"
UNITS: Final = {"K": 1 / 1048576, "M": 1 / 1024, "G": 1.0, "T": 1024.0, "": 1 / 1073741824}
DISK: Final = re.compile(r"(scsi|virtio|sata|ide)\d+|rootfs")


class Guests:
    """All guests of the cluster, whatever node they are on."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def all(self) -> list[Document]:
        """Every guest, templates too, by number."""
        return sorted(self._store.all(KIND), key=lambda guest: int(guest["vmid"]))

    def find(self, vmid: int) -> Document | None:
        """The guest of that number on any node."""
        return self._store.get(KIND, str(vmid))

    def on_node(self, node: str, vmid: int, kind: str = "qemu") -> Document:
        """The guest as a call with a node in its path sees it.

        Raises: Refusal when it lives elsewhere or nowhere.
        """
        guest = self.find(vmid)
        if guest is None or guest["node"] != node or guest.get("kind", "qemu") != kind:
            raise refusals.no_config(node, vmid, kind)
        return guest

    def put(self, guest: Document) -> None:
        """Write the configuration file."""
        self._store.put(KIND, str(guest["vmid"]), guest)

    def remove(self, vmid: int) -> None:
        """Remove the configuration file and the disks."""
        self._store.delete(KIND, str(vmid))

    def free_number(self, first: int = 100) -> int:
        """The lowest number nobody has: a hint, two callers may get the same."""
        taken = {int(guest["vmid"]) for guest in self._store.all(KIND)}
        return next(number for number in range(first, 10**9) if number not in taken)


def new_guest(
    vmid: int, node: str, config: Document, lock: str | None = None, kind: str = "qemu"
) -> Document:
    """The document of a machine that was just made and never started."""
    return {
        "vmid": vmid,
        "kind": kind,
        "node": node,
        "status": "stopped",
        "lock": lock,
        "config": config,
        "booted": None,
        "started_at": None,
        "deaf": False,
        "ha": False,
        "pool": None,
    }


def check_lock(guest: Document) -> None:
    """Raises: Refusal when a clone, backup or migration holds the guest."""
    if guest["lock"]:
        raise refusals.locked(guest["lock"], guest.get("kind", "qemu"))


def digest(guest: Document) -> str:
    """The checksum that the optimistic locking of configuration changes compares."""
    return hashlib.sha1(
        json.dumps(guest["config"], sort_keys=True).encode(), usedforsecurity=False
    ).hexdigest()


def boot_disk(guest: Document) -> str | None:
    """The name of the first disk that is no CD-ROM (the cloud-init drive is one)."""
    config: Document = guest["config"]
    return next((n for n in sorted(config) if DISK.fullmatch(n) and "media=cdrom" not in config[n]), None)


def disk_gb(guest: Document, disk: str) -> float:
    """Size of a disk in GiB as its configuration line says."""
    match = re.search(r"size=(\d+(?:\.\d+)?)([KMGT]?)", guest["config"].get(disk, ""))
    return float(match[1]) * UNITS[match[2]] if match else 0.0


def set_disk_gb(guest: Document, disk: str, size: float) -> None:
    """Write another size into a disk's configuration line."""
    text = f"size={size:g}G"
    guest["config"][disk] = re.sub(r"size=\d+(\.\d+)?[KMGT]?", text, guest["config"][disk])
