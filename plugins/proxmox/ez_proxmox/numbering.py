"""Makes a guest under the number written down for it; the next number when a stranger was quicker."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from ez_proxmox.cluster import Cluster, task_of
from ez_proxmox.errors import Kind, ProxmoxError
from ez_proxmox.reservations import Reservations
from ezcore.plugin_api import NeedsInfo
from ezcore.plugin_api.ports.provisioning import ProvisioningCall

TRIES: Final = 20


def under_own_number(
    cluster: Cluster, call: ProvisioningCall, book: Reservations, order: Callable[[int], Any]
) -> str | None:
    """Give the order with a number; returns its task, None when an earlier order of ours is at work already.

    Raises: ProxmoxError; NeedsInfo when a machine that exists shall keep its number and a stranger has it.
    """
    above = 0
    for _ in range(TRIES):
        vmid = book.number(call.operation_key)
        if vmid is None:
            hint = cluster.next_number(above)
            vmid = book.take_number(call.operation_key, hint)
        if vmid is None:
            above = hint
            continue
        try:
            return task_of(order(vmid))
        except ProxmoxError as error:
            if error.kind is not Kind.TAKEN:
                raise
        guest = cluster.guest(vmid)
        if guest and guest.is_for(call.operation_key):
            return None  # ours after all: an earlier order whose answer we never got
        if guest and guest.lock == "create" and not guest.config.get("description"):
            return None  # a container shows its description only when it is whole: look again then
        if call.resource is not None:
            raise NeedsInfo(
                f"Number {vmid} of this service was taken by another machine. Free it, then retry."
            )
        book.give_up_number(call.operation_key, vmid)
        above = vmid
    raise ProxmoxError(Kind.OTHER, "every machine number we tried was taken")
