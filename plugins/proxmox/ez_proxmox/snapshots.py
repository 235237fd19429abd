"""Snapshots: taken under a note that says which step made it, rolled back to once, removed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ez_proxmox import cloudinit, marks
from ez_proxmox.cluster import Cluster, task_of
from ez_proxmox.guest import Guest
from ez_proxmox.inputs import NewSnapshot, SnapshotName
from ez_proxmox.once import run_once
from ez_proxmox.signals import speaking
from ez_proxmox.workshop import Progress, Workshop, follow, own_guest
from ezcore.plugin_api import PermanentFailure
from ezcore.plugin_api.ports.provisioning import ProvisioningCall


@dataclass(frozen=True)
class Taken:
    """A snapshot as the cluster lists it."""

    name: str
    note: str
    at: datetime | None


def listed(cluster: Cluster, guest: Guest) -> list[Taken]:
    """The snapshots of a guest, the newest first; not the present state. Raises: ProxmoxError."""
    found = [
        Taken(str(line.get("name")), str(line.get("description", "")), _moment(line.get("snaptime")))
        for line in cluster.lines(f"{guest.path}/snapshot")
        if line.get("name") not in (None, "current")
    ]
    never = datetime.fromtimestamp(0, UTC)
    return sorted(found, key=lambda one: one.at or never, reverse=True)


@dataclass(frozen=True)
class Snapshots:
    """Steps of one action each."""

    workshop: Workshop

    @speaking
    def take(self, call: ProvisioningCall) -> dict[str, Any]:
        """Take a snapshot. Raises: PermanentFailure when the name is taken or there are enough."""
        note = marks.note(call.operation_key, call.step_key)
        asked = NewSnapshot.model_validate(call.input.model_dump() if call.input else {})
        name = asked.name or "snap-" + hashlib.sha256(call.step_key.encode()).hexdigest()[:8]
        with self.workshop.cluster(call.server, call.log) as cluster:
            guest = own_guest(cluster, call)
            if guest.lock == "snapshot":
                progress = Progress.read(call.handle)
                raise progress.wait(3, progress.upid, "the snapshot is being taken")
            there = {one.name: one for one in listed(cluster, guest)}
            if name in there and note in there[name].note:
                return {"name": name}
            self._check(call, name, there)
            progress = follow(cluster, call, give_up=True)
            upid = task_of(cluster.api.post(f"{guest.path}/snapshot", snapname=name, description=note))
            raise progress.wait(2, upid, "the snapshot is being taken")

    def _check(self, call: ProvisioningCall, name: str, there: dict[str, Taken]) -> None:
        if name in there:
            raise PermanentFailure(f"there is a snapshot {name} already")
        most = cloudinit.size_of(call.product_settings).snapshots
        if len(there) >= most:
            raise PermanentFailure(f"this plan holds {most} snapshots; remove one first")

    @speaking
    def roll_back(self, call: ProvisioningCall) -> dict[str, Any]:
        """Bring disk and configuration back, once; the machine is off afterwards."""
        name = _name(call)
        with self.workshop.cluster(call.server, call.log) as cluster:
            guest = own_guest(cluster, call)

            def order() -> Any:
                if name not in {one.name for one in listed(cluster, guest)}:
                    raise PermanentFailure(f"there is no snapshot {name} any more")
                return cluster.api.post(f"{guest.path}/snapshot/{name}/rollback")

            kind = "vzrollback" if guest.is_container else "qmrollback"
            run_once(cluster, call, guest, kind, order, "the snapshot is being brought back")
        return {"name": name}

    @speaking
    def delete(self, call: ProvisioningCall) -> dict[str, Any]:
        """Remove a snapshot; one that is gone is done."""
        name = _name(call)
        with self.workshop.cluster(call.server, call.log) as cluster:
            guest = own_guest(cluster, call)
            if name not in {one.name for one in listed(cluster, guest)}:
                return {"name": name}
            progress = follow(cluster, call, give_up=True)
            upid = task_of(cluster.api.delete(f"{guest.path}/snapshot/{name}"))
            raise progress.wait(2, upid, "the snapshot is being removed")

    @speaking
    def as_sold(self, call: ProvisioningCall) -> dict[str, Any]:
        """What was brought back may be of another size than what is sold now: write the present one."""
        size = cloudinit.size_of(call.product_settings)
        with self.workshop.cluster(call.server, call.log) as cluster:
            guest = own_guest(cluster, call)
            tags = cloudinit.tags(guest, call.operation_key)
            cluster.api.put(f"{guest.path}/config", onboot=1, tags=tags, **cloudinit.sizes(size, guest.kind))
        return {"vmid": guest.vmid}


def _name(call: ProvisioningCall) -> str:
    return SnapshotName.model_validate(call.input.model_dump() if call.input else {}).name


def _moment(seconds: object) -> datetime | None:
    text = str(seconds)
    return datetime.fromtimestamp(int(text), UTC) if text.isdecimal() and len(text) < 12 else None  # noqa: PLR2004
