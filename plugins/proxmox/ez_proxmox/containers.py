"""Makes containers (LXC): one call holds everything, size, access and network included."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ez_proxmox import cloudinit, marks
from ez_proxmox.cluster import Cluster
from ez_proxmox.guest import LXC
from ez_proxmox.numbering import under_own_number
from ez_proxmox.settings import ProductSettings, ServerSettings
from ez_proxmox.workshop import Progress, Workshop, follow, settings_of
from ezcore.plugin_api import NeedsInfo
from ezcore.plugin_api.ports.provisioning import ProvisioningCall


@dataclass(frozen=True)
class Wishes:
    """What a new container shall be: its size, where its network leads, and who gets in."""

    size: ProductSettings
    ipconfig: str
    keys: list[str]
    password: str | None


@dataclass(frozen=True)
class Containers:
    """Makes a container; may run again at any time."""

    workshop: Workshop

    def make(self, cluster: Cluster, call: ProvisioningCall, wishes: Wishes) -> dict[str, Any]:
        """Adopt the container that carries our mark, else create it; wait until it is whole."""
        book = self.workshop.reservations(call.server)
        number = book.number(call.operation_key)
        guest = cluster.find(call.operation_key, number, LXC)
        if guest is not None and guest.lock != "create":
            if number != guest.vmid:
                book.change_number(call.operation_key, guest.vmid)
            return {"vmid": guest.vmid, "node": guest.node}
        half = guest or (cluster.guest(number, None, LXC) if number is not None else None)
        if half is not None and half.lock == "create":
            progress = Progress.read(call.handle)
            raise progress.wait(3, progress.upid, "the container is being made")
        progress = follow(cluster, call, give_up=True)
        server = settings_of(call.server)
        node = wishes.size.node or server.node or cluster.nodes()[0]
        asked = parameters(server, call, wishes)

        def order(vmid: int) -> Any:
            text = marks.description(call.operation_key, vmid)
            return cluster.api.post(f"nodes/{node}/lxc", vmid=vmid, description=text, **asked)

        upid = under_own_number(cluster, call, book, order)
        raise progress.wait(3, upid, "the container is being made")


def parameters(server: ServerSettings, call: ProvisioningCall, wishes: Wishes) -> dict[str, Any]:
    """What the call that creates it says, number and description aside. Raises: NeedsInfo."""
    if not server.container_storage or not wishes.size.container_template:
        raise NeedsInfo(
            f"Server {call.server.name} needs a storage of containers, the product a template of containers."
        )
    access = {"ssh-public-keys": "\n".join(wishes.keys)} if wishes.keys else {"password": wishes.password}
    return {
        "ostemplate": wishes.size.container_template,
        "hostname": cloudinit.host_name(call.service, call.operation_key),
        "rootfs": f"{server.container_storage}:{wishes.size.disk_gb}",
        "unprivileged": 1,
        "onboot": 1,
        "tags": marks.join_tags({marks.OURS, marks.fingerprint(call.operation_key)}),
        "pool": server.resource_pool or None,
        **cloudinit.sizes(wishes.size, LXC),
        **cloudinit.container_network(server, wishes.ipconfig),
        **access,
    }
