"""The steps of `terminate`, and the undo of `create`: remove what carries our mark, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from ez_proxmox.addresses import Addresses
from ez_proxmox.cluster import Cluster, task_of
from ez_proxmox.errors import Kind, ProxmoxError
from ez_proxmox.guest import LXC, Guest
from ez_proxmox.reverse import ReverseNames
from ez_proxmox.signals import speaking
from ez_proxmox.workshop import Workshop, follow, kind_of, number_of
from ezcore.plugin_api import NeedsInfo, PermanentFailure
from ezcore.plugin_api.ports.provisioning import ProvisioningCall

UNDO_TRIES: Final = 60
PASSING: Final = frozenset({Kind.BUSY, Kind.UNKNOWN, Kind.UNREACHABLE})
FOR_GOOD: Final = {"purge": 1, "destroy-unreferenced-disks": 1}


@dataclass(frozen=True)
class Removal:
    """Removes machines; one that is gone is done."""

    workshop: Workshop

    @speaking
    def stop(self, call: ProvisioningCall) -> dict[str, Any]:
        """Pull the plug: what is deleted next need not shut down in order."""
        with self.workshop.cluster(call.server, call.log) as cluster:
            guest = _doomed(cluster, call)
            if guest is None or not cluster.is_running(guest):
                return {"gone": guest is None}
            progress = follow(cluster, call)
            raise progress.wait(
                2, task_of(cluster.api.post(f"{guest.path}/status/stop")), "the machine is stopping"
            )

    @speaking
    def destroy(self, call: ProvisioningCall) -> dict[str, Any]:
        """Delete it with its disks and its entries in backup and replication jobs."""
        with self.workshop.cluster(call.server, call.log) as cluster:
            guest = _doomed(cluster, call)
            if guest is None:
                return {"gone": True}
            progress = follow(cluster, call)
            raise progress.wait(
                2, task_of(cluster.api.delete(guest.path, **FOR_GOOD)), "the machine is being deleted"
            )

    @speaking
    def wipe(self, call: ProvisioningCall) -> dict[str, Any]:
        """Delete it with its disks to make it anew; number, addresses and backup jobs stay."""
        vmid, _ = number_of(call)
        book = self.workshop.reservations(call.server)
        if book.number(call.operation_key) != vmid:
            book.change_number(call.operation_key, vmid)
        with self.workshop.cluster(call.server, call.log) as cluster:
            guest = _doomed(cluster, call)
            if guest is None:
                return {"gone": True}
            progress = follow(cluster, call)
            upid = task_of(cluster.api.delete(guest.path, **{"destroy-unreferenced-disks": 1}))
            raise progress.wait(2, upid, "the old disks are being deleted")

    @speaking
    def release(self, call: ProvisioningCall) -> dict[str, Any]:
        """Give address and number back, now that nothing uses them."""
        self._give_back(call)
        return {"released": True}

    def undo_clone(self, call: ProvisioningCall) -> None:
        """Remove what an unfinished `create` left, in one go: the engine asks only once.

        Raises: PermanentFailure when it is still there in the end; a person is told what is left behind.
        """
        book = self.workshop.reservations(call.server)
        last = "it is still there"
        for attempt in range(UNDO_TRIES):
            if attempt:
                self.workshop.pause(1.0)
            try:
                with self.workshop.cluster(call.server, call.log) as cluster:
                    guest = cluster.find(call.operation_key, book.number(call.operation_key), kind_of(call))
                    if guest is None and self._is_being_made(cluster, call):
                        last = "a container is being made and cannot be told apart yet"
                        continue
                    if guest is None:
                        self._give_back(call)
                        return
                    last = f"{guest.title} on {guest.node} is left"
                    self._push(cluster, guest)
            except ProxmoxError as error:
                last = f"{last.split(': ')[0]}: {error.text}"
                if error.kind not in PASSING:
                    break
        raise PermanentFailure(last)

    def undo_address(self, call: ProvisioningCall) -> None:
        """Give the address back, but never while a machine may still use it."""
        book = self.workshop.reservations(call.server)
        try:
            with self.workshop.cluster(call.server, call.log) as cluster:
                guest = cluster.find(call.operation_key, book.number(call.operation_key), kind_of(call))
        except ProxmoxError as error:
            raise PermanentFailure(f"the address stays reserved: {error.text}") from error
        if guest is not None:
            raise PermanentFailure(f"the address stays reserved: VM {guest.vmid} may still use it")
        self._give_back(call)

    def _is_being_made(self, cluster: Cluster, call: ProvisioningCall) -> bool:
        """A container carries its mark only when it is whole: until then its number and lock must do."""
        number = self.workshop.reservations(call.server).number(call.operation_key)
        if kind_of(call) != LXC or number is None:
            return False
        guest = cluster.guest(number, None, LXC)
        return guest is not None and guest.lock == "create" and not guest.config.get("description")

    def _push(self, cluster: Cluster, guest: Guest) -> None:
        """One move towards its end: wait for the copy, stop it, or delete it."""
        if guest.lock in ("clone", "create"):
            return
        if cluster.is_running(guest):
            upid = task_of(cluster.api.post(f"{guest.path}/status/stop"))
        else:
            upid = task_of(cluster.api.delete(guest.path, **FOR_GOOD))
        for _ in range(UNDO_TRIES):
            if upid is None or cluster.finished(upid):
                return
            self.workshop.pause(1.0)

    def _give_back(self, call: ProvisioningCall) -> None:
        book = self.workshop.reservations(call.server)
        Addresses(book, call.operation_key, ()).release()
        ReverseNames(self.workshop).forget(call)
        book.release_number(call.operation_key)


def _doomed(cluster: Cluster, call: ProvisioningCall) -> Guest | None:
    """The machine to remove; None when it is gone.

    Raises: NeedsInfo when its number belongs to a machine without our mark, until a person answers "gone".
    """
    vmid, hint = number_of(call)
    guest = cluster.guest(vmid, hint, kind_of(call))
    if guest is None or guest.is_for(call.operation_key):
        return guest
    moved = cluster.find(call.operation_key)
    if moved is not None or (call.answer or "").strip().lower() == "gone":
        return moved
    raise NeedsInfo(
        f'{guest.title} on {guest.node} does not carry our mark; is ours gone? Answer "gone" to go on.'
    )
