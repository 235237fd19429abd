"""The switches of a machine: start, shut down, pull the plug, restart, reset. What is already so is done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ez_proxmox.cluster import task_of
from ez_proxmox.once import run_once
from ez_proxmox.power import PATIENCE_SECONDS, Power
from ez_proxmox.signals import speaking
from ez_proxmox.workshop import Workshop, follow, own_guest
from ezcore.plugin_api import PermanentFailure
from ezcore.plugin_api.ports.provisioning import ProvisioningCall


@dataclass(frozen=True)
class Switches:
    """Steps of one action each."""

    workshop: Workshop

    @speaking
    def start(self, call: ProvisioningCall) -> dict[str, Any]:
        """Switch it on."""
        with self.workshop.cluster(call.server, call.log) as cluster:
            guest = own_guest(cluster, call)
            if cluster.is_running(guest):
                return {"power": "on"}
            progress = follow(cluster, call, give_up=True)
            upid = task_of(cluster.api.post(f"{guest.path}/status/start"))
            raise progress.wait(2, upid, "the machine is starting")

    def shut_down(self, call: ProvisioningCall) -> dict[str, Any]:
        """Ask it to shut down; the plug is pulled when it does not listen for a minute."""
        Power(self.workshop).stop(call)
        return {"power": "off"}

    @speaking
    def pull_plug(self, call: ProvisioningCall) -> dict[str, Any]:
        """Switch it off at once."""
        with self.workshop.cluster(call.server, call.log) as cluster:
            guest = own_guest(cluster, call)
            if not cluster.is_running(guest):
                return {"power": "off"}
            progress = follow(cluster, call, give_up=True)
            upid = task_of(cluster.api.post(f"{guest.path}/status/stop"))
            raise progress.wait(2, upid, "the machine is stopping")

    @speaking
    def reboot(self, call: ProvisioningCall) -> dict[str, Any]:
        """Restart it in order. Raises: PermanentFailure when it is off."""
        return self._restart(call, "reboot", {"timeout": PATIENCE_SECONDS})

    @speaking
    def reset(self, call: ProvisioningCall) -> dict[str, Any]:
        """Press the reset button. Raises: PermanentFailure when it is off, or a container: that has none."""
        return self._restart(call, "reset", {})

    def _restart(self, call: ProvisioningCall, how: str, parameters: dict[str, Any]) -> dict[str, Any]:
        with self.workshop.cluster(call.server, call.log) as cluster:
            guest = own_guest(cluster, call)
            if guest.is_container and how == "reset":
                raise PermanentFailure("a container has no reset button; restart it instead")

            def order() -> Any:
                if not cluster.is_running(guest):
                    raise PermanentFailure("the machine is off; start it instead")
                return cluster.api.post(f"{guest.path}/status/{how}", **parameters)

            kind = ("vz" if guest.is_container else "qm") + how
            run_once(cluster, call, guest, kind, order, "the machine restarts")
        return {"power": "on"}
