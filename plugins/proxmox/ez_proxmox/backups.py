"""Backups by vzdump: made, put back, removed; only those whose note names our operation key.

Numbers of machines are given again: a backup of the same number may hold the data of somebody else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ez_proxmox import cloudinit, marks
from ez_proxmox.cluster import Cluster, task_of
from ez_proxmox.guest import Guest
from ez_proxmox.inputs import VOLUME, BackupName
from ez_proxmox.once import run_once
from ez_proxmox.signals import speaking
from ez_proxmox.workshop import Progress, Workshop, follow, number_of, own_guest, settings_of
from ezcore.plugin_api import NeedsInfo, PermanentFailure
from ezcore.plugin_api.ports.provisioning import ProvisioningCall

GIB = 1024**3


@dataclass(frozen=True)
class Kept:
    """A backup as its storage lists it; `size` in bytes."""

    volume: str
    note: str
    at: datetime | None
    size: int
    protected: bool


def listed(cluster: Cluster, node: str, storage: str, vmid: int, operation_key: str) -> list[Kept]:
    """The backups of this service, the newest first. Raises: ProxmoxError."""
    sign = marks.fingerprint(operation_key)
    found = []
    for line in cluster.lines(f"nodes/{node}/storage/{storage}/content", content="backup", vmid=vmid):
        volume, note = str(line.get("volid", "")), str(line.get("notes", ""))
        if re.match(VOLUME, volume) and ".." not in volume and sign in note.split():
            seconds, size = str(line.get("ctime", "")), str(line.get("size", 0))
            at = datetime.fromtimestamp(int(seconds), UTC) if seconds.isdecimal() else None
            held = str(line.get("protected", 0)) in ("1", "True")
            found.append(Kept(volume, note, at, int(size) if size.isdecimal() else 0, held))
    never = datetime.fromtimestamp(0, UTC)
    return sorted(found, key=lambda one: one.at or never, reverse=True)


@dataclass(frozen=True)
class Backups:
    """Steps of one action each."""

    workshop: Workshop

    @speaking
    def make(self, call: ProvisioningCall) -> dict[str, Any]:
        """Make a backup. Raises: PermanentFailure when there are enough, NeedsInfo when no storage is set."""
        storage, note = _storage(call), marks.note(call.operation_key, call.step_key)
        with self.workshop.cluster(call.server, call.log) as cluster:
            guest = own_guest(cluster, call)
            if guest.lock == "backup":
                progress = Progress.read(call.handle)
                raise progress.wait(10, progress.upid, "the backup is being made")
            there = _of(cluster, guest, call)
            made = next((one for one in there if note in one.note), None)
            if made is not None:
                return {"volume": made.volume}
            most = cloudinit.size_of(call.product_settings).backups
            if len(there) >= most:
                raise PermanentFailure(f"this plan holds {most} backups; remove one first")
            progress = follow(cluster, call, give_up=True)
            asked = {"mode": "snapshot", "compress": "zstd", "storage": storage, "notes-template": note}
            upid = task_of(cluster.api.post(f"nodes/{guest.node}/vzdump", vmid=guest.vmid, **asked))
            raise progress.wait(5, upid, "the backup is being made")

    @speaking
    def restore(self, call: ProvisioningCall) -> dict[str, Any]:
        """Put a backup in the place of the machine, once; it is off afterwards and has no snapshots."""
        volume = _volume(call)
        with self.workshop.cluster(call.server, call.log) as cluster:
            guest = own_guest(cluster, call)

            def order() -> Any:
                if volume not in {one.volume for one in _of(cluster, guest, call)}:
                    raise PermanentFailure("this backup does not belong to this service, or is gone")
                source = {"ostemplate": volume, "restore": 1} if guest.is_container else {"archive": volume}
                path = f"nodes/{guest.node}/{guest.kind}"
                return cluster.api.post(path, vmid=guest.vmid, force=1, **source)

            kind = "vzrestore" if guest.is_container else "qmrestore"
            run_once(cluster, call, guest, kind, order, "the backup is being put back")
        return {"volume": volume}

    @speaking
    def delete(self, call: ProvisioningCall) -> dict[str, Any]:
        """Remove a backup; one that is gone is done."""
        storage, volume = _storage(call), _volume(call)
        with self.workshop.cluster(call.server, call.log) as cluster:
            guest = own_guest(cluster, call)
            there = {one.volume: one for one in _of(cluster, guest, call)}
            if volume not in there:
                return {"volume": volume}
            if there[volume].protected:
                raise PermanentFailure("this backup is protected; ask us to release it")
            progress = follow(cluster, call, give_up=True)
            upid = task_of(cluster.api.delete(f"nodes/{guest.node}/storage/{storage}/content/{volume}"))
            raise progress.wait(2, upid, "the backup is being removed")

    @speaking
    def delete_all(self, call: ProvisioningCall) -> dict[str, Any]:
        """Remove every backup of a service that ends; one after the other."""
        storage = settings_of(call.server).backup_storage
        if not storage:
            return {"removed": 0}
        vmid, hint = number_of(call)
        with self.workshop.cluster(call.server, call.log) as cluster:
            nodes = cluster.nodes()
            node = hint if hint in nodes else nodes[0]
            left = [
                one for one in listed(cluster, node, storage, vmid, call.operation_key) if not one.protected
            ]
            if not left:
                return {"removed": True}
            progress = follow(cluster, call)
            path = f"nodes/{node}/storage/{storage}/content/{left[0].volume}"
            raise progress.wait(
                1, task_of(cluster.api.delete(path)), f"{len(left)} backups are being removed"
            )


def _of(cluster: Cluster, guest: Guest, call: ProvisioningCall) -> list[Kept]:
    return listed(cluster, guest.node, _storage(call), guest.vmid, call.operation_key)


def _storage(call: ProvisioningCall) -> str:
    storage = settings_of(call.server).backup_storage
    if not storage:
        raise NeedsInfo(f"Server {call.server.name} has no storage of backups. Set one, then retry.")
    return storage


def _volume(call: ProvisioningCall) -> str:
    return BackupName.model_validate(call.input.model_dump() if call.input else {}).volume
