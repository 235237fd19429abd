"""The steps of `create`: reserve an address, clone, configure, grow the disk, start, report."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from ez_proxmox import cloudinit, marks
from ez_proxmox.addresses import Addresses
from ez_proxmox.cluster import Cluster, task_of
from ez_proxmox.containers import Containers, Wishes
from ez_proxmox.errors import Kind, ProxmoxError
from ez_proxmox.firewall import fence
from ez_proxmox.guest import LXC, QEMU, Guest
from ez_proxmox.instance import resource_of
from ez_proxmox.numbering import under_own_number
from ez_proxmox.reservations import PoolsExhausted, Reservations
from ez_proxmox.settings import ProductSettings
from ez_proxmox.signals import speaking
from ez_proxmox.workshop import Progress, Workshop, follow, kind_of, own_guest, settings_of
from ezcore.plugin_api import NeedsInfo, PermanentFailure
from ezcore.plugin_api.ports.provisioning import ProvisioningCall
from ezcore.plugin_api.values import Resource

# The name under which the core keeps the one-time password.
PASSWORD = "password"  # noqa: S105  # nosec B105
ADDRESS_STEP = "reserve_address"


@dataclass(frozen=True)
class Creation:
    """Makes a machine; every step may run again at any time."""

    workshop: Workshop

    def reserve_address(self, call: ProvisioningCall) -> dict[str, Any]:
        """Take the addresses sold for this operation; the same ones when asked again."""
        try:
            return self._addresses(call).claim(_size(call).extra_ips)
        except PoolsExhausted as error:
            raise NeedsInfo(f"{error}. Add a pool to server {call.server.name}, then retry.") from None

    def _addresses(self, call: ProvisioningCall) -> Addresses:
        book, pools = self.workshop.reservations(call.server), settings_of(call.server).address_pools
        return Addresses(book, call.operation_key, pools)

    @speaking
    def clone_template(self, call: ProvisioningCall) -> dict[str, Any]:
        """Adopt the machine that carries our mark, else clone the template; wait for the copy."""
        book = self.workshop.reservations(call.server)
        with self.workshop.cluster(call.server, call.log) as cluster:
            if kind_of(call) == LXC:
                return Containers(self.workshop).make(cluster, call, self._wishes(call))
            guest = cluster.find(call.operation_key, book.number(call.operation_key), QEMU)
            if guest is None:
                progress = follow(cluster, call, give_up=True)
                upid = self._start_clone(cluster, call, book)
                raise progress.wait(3, upid, "the template is being copied")
            if book.number(call.operation_key) != guest.vmid:
                book.change_number(call.operation_key, guest.vmid)
            if guest.lock in ("clone", "create"):
                progress = Progress.read(call.handle)
                raise progress.wait(3, progress.upid, "the template is being copied")
            return {"vmid": guest.vmid, "node": guest.node}

    def _wishes(self, call: ProvisioningCall) -> Wishes:
        keys = _keys(call)
        password = None if keys else call.secret(PASSWORD, _new_password)
        return Wishes(_size(call), call.results[ADDRESS_STEP]["ipconfig"], keys, password)

    def _start_clone(self, cluster: Cluster, call: ProvisioningCall, book: Reservations) -> str | None:
        """Order the copy under the number written down for us."""
        template = self._template(cluster, call)
        path = f"{template.path}/clone"
        return under_own_number(
            cluster, call, book, lambda vmid: cluster.api.post(path, **self._copy(call, vmid, template))
        )

    def _template(self, cluster: Cluster, call: ProvisioningCall) -> Guest:
        server = settings_of(call.server)
        vmid = _size(call).template_vmid or server.template_vmid
        template = cluster.guest(vmid, server.node or None, QEMU)
        if template is None:
            raise NeedsInfo(f"Template {vmid} is not on the cluster of server {call.server.name}.")
        return template

    def _copy(self, call: ProvisioningCall, vmid: int, template: Guest) -> dict[str, Any]:
        server = settings_of(call.server)
        node = _size(call).node or server.node
        return {
            "newid": vmid,
            "name": marks.fingerprint(call.operation_key),
            "description": marks.description(call.operation_key, vmid),
            "full": 1 if server.storage else None,
            "storage": server.storage or None,
            "target": node if node and node != template.node else None,
            "pool": server.resource_pool or None,
        }

    @speaking
    def configure(self, call: ProvisioningCall) -> dict[str, Any]:
        """Write size, user, access and network; the same again when repeated."""
        server, size = settings_of(call.server), _size(call)
        keys = _keys(call)
        name = cloudinit.host_name(call.service, call.operation_key)
        with self.workshop.cluster(call.server, call.log) as cluster:
            guest = own_guest(cluster, call)
            if guest.is_container:
                user, said = "root", {"hostname": name}  # who gets in was said when it was made
            else:
                password = None if keys else call.secret(PASSWORD, _new_password)
                user, said = size.user, {"name": name, **cloudinit.access(size.user, keys, password)}
            cluster.api.put(
                f"{guest.path}/config",
                onboot=1,
                tags=cloudinit.tags(guest, call.operation_key),
                **cloudinit.sizes(size, guest.kind),
                **cloudinit.network(server, guest, call.results[ADDRESS_STEP]["ipconfig"]),
                **said,
            )
        return {"user": user, "access": "ssh_key" if keys else "password"}

    @speaking
    def isolate(self, call: ProvisioningCall) -> dict[str, Any]:
        """Let it send from its own addresses only, before it is switched on for the first time."""
        claimed = call.results[ADDRESS_STEP]
        addresses = claimed.get("addresses") or ([claimed["address"]] if claimed["address"] else [])
        done: dict[str, Any] = {"firewall": False}
        if settings_of(call.server).firewall:
            with self.workshop.cluster(call.server, call.log) as cluster:
                done = fence(cluster, own_guest(cluster, call), addresses)
        self._addresses(call).release_above(_size(call).extra_ips)
        return done

    @speaking
    def resize_disk(self, call: ProvisioningCall) -> dict[str, Any]:
        """Grow the disk to the size sold; a template that is larger already stays as it is."""
        wanted = _size(call).disk_gb
        with self.workshop.cluster(call.server, call.log) as cluster:
            guest = own_guest(cluster, call)
            disk, gib = guest.boot_disk()
            if gib >= wanted:
                return {"disk": disk, "disk_gb": gib}
            progress = follow(cluster, call, give_up=True)
            answer = cluster.api.put(f"{guest.path}/resize", disk=disk, size=f"{wanted}G")
            raise progress.wait(2, task_of(answer), "the disk is growing")

    @speaking
    def start(self, call: ProvisioningCall) -> dict[str, Any]:
        """Switch it on and see that it runs."""
        with self.workshop.cluster(call.server, call.log) as cluster:
            guest = own_guest(cluster, call)
            if cluster.is_running(guest):
                return {"node": guest.node}
            progress = follow(cluster, call, give_up=True)
            answer = cluster.api.post(f"{guest.path}/status/start")
            raise progress.wait(2, task_of(answer), "the machine is starting")

    @speaking
    def report(self, call: ProvisioningCall) -> Resource:
        """Say what was made, as the cluster says it now."""
        with self.workshop.cluster(call.server, call.log) as cluster:
            guest = own_guest(cluster, call)
            if not cluster.is_running(guest):
                raise ProxmoxError(Kind.OTHER, f"{guest.title} was started but does not run")
        extra = call.results[ADDRESS_STEP].get("extra", [])
        return resource_of(guest, call.operation_key, extra, "ssh_key" if _keys(call) else "password")


def _new_password() -> str:
    return secrets.token_urlsafe(18)


def _size(call: ProvisioningCall) -> ProductSettings:
    try:
        return cloudinit.size_of(call.product_settings)
    except ValidationError as error:
        raise PermanentFailure(f"the product cannot be built: {_places(error)}") from None


def _keys(call: ProvisioningCall) -> list[str]:
    """The keys that get in: those of the action (a reinstallation), else those of the order."""
    given = getattr(call.input, "ssh_keys", "")
    if given:
        return str(given).splitlines()
    try:
        return cloudinit.order_of(call.service).ssh_keys.splitlines()
    except ValidationError as error:
        raise PermanentFailure(f"the order cannot be built: {_places(error)}") from None


def _places(error: ValidationError) -> str:
    return "; ".join(f"{'.'.join(map(str, line['loc']))}: {line['msg']}" for line in error.errors())
