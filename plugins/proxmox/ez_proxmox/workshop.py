"""What every step needs at hand: a connection to its server, the reservations, and where its task stands."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from ez_proxmox.api import Log, ProxmoxApi, Transport, silent
from ez_proxmox.cluster import Cluster
from ez_proxmox.errors import Kind, ProxmoxError, TaskFailed
from ez_proxmox.guest import LXC, QEMU, Guest
from ez_proxmox.reservations import Reservations
from ez_proxmox.settings import ServerSettings
from ezcore.plugin_api import NeedsInfo, PermanentFailure, PluginContext, StillRunning
from ezcore.plugin_api.ports.provisioning import ProvisioningCall, ServerFacts

GIVE_UP_AFTER: Final = 3
LONGEST_WAIT: Final = 300.0
CLONE_STEP: Final = "clone_template"
LONG: Final = timedelta(hours=12)


@dataclass
class Workshop:
    """The plugin's context with the two things that tests and the simulation replace: HTTP and waiting."""

    context: PluginContext
    transport: Transport | None = None
    pause: Callable[[float], None] = time.sleep

    @contextmanager
    def cluster(self, server: ServerFacts, log: Log = silent) -> Iterator[Cluster]:
        """A connection for one step."""
        with ProxmoxApi(settings_of(server), log, self.transport) as api:
            yield Cluster(api)

    def reservations(self, server: ServerFacts) -> Reservations:
        """The scarce things of a server."""
        return Reservations(self.context.tables, self.context.clock.now, server.id)


def settings_of(server: ServerFacts) -> ServerSettings:
    """The server's settings as our own model."""
    return ServerSettings.model_validate(server.settings.model_dump())


@dataclass(frozen=True)
class Progress:
    """The handle of a waiting step: its task, and how often such a task has failed."""

    upid: str | None = None
    failures: int = 0

    @classmethod
    def read(cls, handle: Any) -> Progress:
        """From what StillRunning stored."""
        known = handle if isinstance(handle, dict) else {}
        return cls(known.get("upid"), int(known.get("failures", 0)))

    def wait(self, seconds: float, upid: str | None, cause: str) -> StillRunning:
        """The signal that stores this progress with a new task."""
        return StillRunning(seconds, {"upid": upid, "failures": self.failures}, cause)


def follow(cluster: Cluster, call: ProvisioningCall, *, give_up: bool = False) -> Progress:
    """Where the task of this step stands, while the wanted state is not there; returns when to (re)start.

    A failed task is started again after a growing pause. With `give_up` the third failure of an unknown cause
    ends the job and undoes it; a lock or a busy storage never does, it waits until the step's deadline.
    Raises: StillRunning while the task runs or the pause lasts; PermanentFailure.
    """
    progress = Progress.read(call.handle)
    if progress.upid is None:
        return progress
    try:
        if not cluster.finished(progress.upid):
            raise progress.wait(2, progress.upid, "the cluster is working on it")
        error = TaskFailed(Kind.OTHER, "the task ended well but without effect")
    except TaskFailed as failed:
        error = failed
    except ProxmoxError as unknown:
        if unknown.kind is Kind.NOT_FOUND:
            return Progress(None, progress.failures)
        raise
    failures = progress.failures + 1
    hopeless = error.kind is Kind.PERMANENT or (
        error.kind is Kind.OTHER and give_up and failures >= GIVE_UP_AFTER
    )
    if hopeless:
        raise PermanentFailure(error.text)
    call.log("task", error.text, None)
    raise Progress(None, failures).wait(
        min(10.0 * failures, LONGEST_WAIT), None, f"tried again soon: {error.text}"
    )


def number_of(call: ProvisioningCall) -> tuple[int, str | None]:
    """The machine's number and where it was last seen.

    Raises: PermanentFailure when the resource is not one of ours.
    """
    if call.resource is not None:
        known: Any = {"vmid": call.resource.external_id, "node": call.resource.location}
    else:
        known = call.results.get(CLONE_STEP) or {}
    try:
        return int(known["vmid"]), known.get("node")
    except (KeyError, TypeError, ValueError):
        raise PermanentFailure("this service has no machine number") from None


def kind_of(call: ProvisioningCall) -> str:
    """What the service is made as: what the resource says, else what the product says."""
    facts = call.resource.facts if call.resource else {}
    kind = facts.get("kind") or getattr(call.product_settings, "kind", QEMU)
    return LXC if kind == LXC else QEMU


def own_guest(cluster: Cluster, call: ProvisioningCall) -> Guest:
    """The machine of this service, wherever it was moved to.

    Raises: NeedsInfo when it is gone or does not carry our mark: changed by hand, so a person must look.
    """
    vmid, hint = number_of(call)
    guest = cluster.guest(vmid, hint, kind_of(call))
    if guest is None:
        raise NeedsInfo(f"VM {vmid} is not on the cluster any more. Was it removed by hand?")
    if not guest.is_for(call.operation_key):
        raise NeedsInfo(
            f"VM {vmid} on {guest.node} does not carry our mark {call.operation_key}; not touching it."
        )
    return guest
