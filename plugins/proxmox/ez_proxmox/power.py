"""The steps of `suspend`, `unsuspend` and `change_package`: off so that it stays off, on again, resize.

A suspended machine is stopped, does not start with its node, and carries a tag that says how it was before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ez_proxmox import cloudinit, marks
from ez_proxmox.cluster import task_of
from ez_proxmox.signals import speaking
from ez_proxmox.workshop import Workshop, follow, own_guest
from ezcore.plugin_api import PermanentFailure
from ezcore.plugin_api.ports.provisioning import ProvisioningCall

STATES = frozenset({marks.SUSPENDED, marks.SUSPENDED_STOPPED})
PATIENCE_SECONDS = 60


@dataclass(frozen=True)
class Power:
    """Switches machines; what is already so is done."""

    workshop: Workshop

    @speaking
    def mark_suspended(self, call: ProvisioningCall) -> dict[str, Any]:
        """Forbid the start with the node *before* stopping, and remember whether it ran."""
        with self.workshop.cluster(call.server, call.log) as cluster:
            guest = own_guest(cluster, call)
            if not guest.tags & STATES:
                state = marks.SUSPENDED if cluster.is_running(guest) else marks.SUSPENDED_STOPPED
                cluster.api.put(f"{guest.path}/config", onboot=0, tags=marks.join_tags(guest.tags | {state}))
            elif guest.starts_with_node:
                cluster.api.put(f"{guest.path}/config", onboot=0)
        return {"vmid": guest.vmid}

    @speaking
    def stop(self, call: ProvisioningCall) -> dict[str, Any]:
        """Ask it to shut down; the cluster pulls the plug when it does not listen."""
        with self.workshop.cluster(call.server, call.log) as cluster:
            guest = own_guest(cluster, call)
            if not cluster.is_running(guest):
                return {"node": guest.node}
            progress = follow(cluster, call)
            answer = cluster.api.post(f"{guest.path}/status/shutdown", forceStop=1, timeout=PATIENCE_SECONDS)
            raise progress.wait(2, task_of(answer), "the machine is stopping")

    @speaking
    def switch_on(self, call: ProvisioningCall) -> dict[str, Any]:
        """Start it again, unless it was stopped before it was suspended."""
        with self.workshop.cluster(call.server, call.log) as cluster:
            guest = own_guest(cluster, call)
            if marks.SUSPENDED_STOPPED in guest.tags or cluster.is_running(guest):
                return {"node": guest.node}
            progress = follow(cluster, call)
            answer = cluster.api.post(f"{guest.path}/status/start")
            raise progress.wait(2, task_of(answer), "the machine is starting")

    @speaking
    def unmark(self, call: ProvisioningCall) -> dict[str, Any]:
        """Take the tag away and let it start with its node again."""
        with self.workshop.cluster(call.server, call.log) as cluster:
            guest = own_guest(cluster, call)
            if guest.tags & STATES or not guest.starts_with_node:
                cluster.api.put(f"{guest.path}/config", onboot=1, tags=marks.join_tags(guest.tags - STATES))
        return {"vmid": guest.vmid}

    @speaking
    def change_size(self, call: ProvisioningCall) -> dict[str, Any]:
        """Write the new number of cores and memory; a smaller disk is refused before anything changes."""
        size = cloudinit.size_of(call.product_settings)
        with self.workshop.cluster(call.server, call.log) as cluster:
            guest = own_guest(cluster, call)
            _, gib = guest.boot_disk()
            if gib > size.disk_gb:
                raise PermanentFailure(f"a disk cannot shrink from {gib:g} to {size.disk_gb} GiB")
            cluster.api.put(f"{guest.path}/config", **cloudinit.sizes(size, guest.kind))
        return {"vmid": guest.vmid}

    @speaking
    def restart(self, call: ProvisioningCall) -> dict[str, Any]:
        """Restart a running machine once, so that its new size takes effect."""
        with self.workshop.cluster(call.server, call.log) as cluster:
            guest = own_guest(cluster, call)
            if not cluster.needs_restart(guest):
                return {"node": guest.node}
            progress = follow(cluster, call)
            answer = cluster.api.post(f"{guest.path}/status/reboot", timeout=PATIENCE_SECONDS)
            raise progress.wait(2, task_of(answer), "the machine restarts")
