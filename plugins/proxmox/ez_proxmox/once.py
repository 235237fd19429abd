"""Starts a task whose effect cannot be seen afterwards exactly once: a restart, a rollback, a restoration.

The newest task of its type is written down before the order is given. When the answer is lost, a newer one is ours.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from ez_proxmox.cluster import Cluster, task_of
from ez_proxmox.errors import Kind, ProxmoxError, TaskFailed
from ez_proxmox.guest import Guest
from ezcore.plugin_api import PermanentFailure, StillRunning
from ezcore.plugin_api.ports.provisioning import ProvisioningCall

GIVE_UP_AFTER: Final = 3
Handle = dict[str, Any]


def run_once(
    cluster: Cluster, call: ProvisioningCall, guest: Guest, kind: str, order: Callable[[], Any], words: str
) -> None:
    """Give the order once and wait for its task, of the type `kind`; returns when it ended well.

    Raises: StillRunning; PermanentFailure when it ended badly for good; ProxmoxError.
    """
    known: Handle = call.handle if isinstance(call.handle, dict) else {}
    upid = known.get("upid")
    if upid is None and known.get("node") != guest.node:
        before = cluster.newest_task(guest, kind)
        raise StillRunning(0, _armed(guest, before, known.get("failures", 0)), words)
    if upid is None:
        newest = cluster.newest_task(guest, kind)
        upid = newest if newest != known.get("before") else task_of(order())
        if upid is not None:
            raise StillRunning(2, {**known, "upid": upid}, words)
        return
    if not _ended(cluster, call, upid, known):
        raise StillRunning(2, known, words)


def _armed(guest: Guest, before: str | None, failures: int) -> Handle:
    return {"node": guest.node, "before": before, "upid": None, "failures": failures}


def _ended(cluster: Cluster, call: ProvisioningCall, upid: str, known: Handle) -> bool:
    try:
        return cluster.finished(upid)
    except TaskFailed as failed:
        error: ProxmoxError = failed
    except ProxmoxError as unknown:
        if unknown.kind is not Kind.NOT_FOUND:
            raise
        error = unknown
    failures = int(known.get("failures", 0)) + 1
    if error.kind is Kind.PERMANENT or failures >= GIVE_UP_AFTER:
        raise PermanentFailure(error.text)
    call.log("task", error.text, None)
    again = {"node": None, "before": None, "upid": None, "failures": failures}
    raise StillRunning(min(10.0 * failures, 300.0), again, f"tried again soon: {error.text}")
