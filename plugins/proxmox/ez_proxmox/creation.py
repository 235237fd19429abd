"""The steps of `create`: reserve an address, clone, configure, grow the disk, start, report."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from ez_proxmox import cloudinit, marks
from ez_proxmox.cluster import Cluster, task_of
from ez_proxmox.errors import Kind, ProxmoxError
from ez_proxmox.firewall import fence
from ez_proxmox.guest import Guest
from ez_proxmox.reservations import PoolsExhausted, Reservations
from ez_proxmox.settings import OrderSettings, ProductSettings
from ez_proxmox.signals import speaking
from ez_proxmox.workshop import Progress, Workshop, follow, own_guest, settings_of
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
        """Take an address for this operation; the same one when asked again."""
        pools = settings_of(call.server).address_pools
        if not pools:
            return {"ipconfig": "ip=dhcp", "address": None}
        try:
            address, pool = self.workshop.reservations(call.server).address(call.operation_key, pools)
        except PoolsExhausted as error:
            raise NeedsInfo(f"{error}. Add a pool to server {call.server.name}, then retry.") from None
        six = "6" if address.version == 6 else ""  # noqa: PLR2004 - IP version
        return {
            "ipconfig": f"ip{six}={address}/{pool.prefix},gw{six}={pool.gateway}",
            "address": str(address),
        }

    @speaking
    def clone_template(self, call: ProvisioningCall) -> dict[str, Any]:
        """Adopt the machine that carries our mark, else clone the template; wait for the copy."""
        book = self.workshop.reservations(call.server)
        with self.workshop.cluster(call.server, call.log) as cluster:
            guest = cluster.find(call.operation_key, book.number(call.operation_key))
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

    def _start_clone(self, cluster: Cluster, call: ProvisioningCall, book: Reservations) -> str | None:
        """Order the copy under the number written down for us; the next one when it is a stranger's."""
        template = self._template(cluster, call)
        above = 0
        for _ in range(20):
            vmid = book.number(call.operation_key)
            if vmid is None:
                hint = cluster.next_number(above)
                vmid = book.take_number(call.operation_key, hint)
            if vmid is None:
                above = hint
                continue
            try:
                return task_of(cluster.api.post(f"{template.path}/clone", **self._copy(call, vmid, template)))
            except ProxmoxError as error:
                if error.kind is not Kind.TAKEN:
                    raise
            guest = cluster.guest(vmid)
            if guest and guest.is_for(call.operation_key):
                return None  # ours after all: an earlier order whose answer we never got
            book.give_up_number(call.operation_key, vmid)
            above = vmid
        raise ProxmoxError(Kind.OTHER, "every machine number we tried was taken")

    def _template(self, cluster: Cluster, call: ProvisioningCall) -> Guest:
        server = settings_of(call.server)
        vmid = _size(call).template_vmid or server.template_vmid
        template = cluster.guest(vmid, server.node or None)
        if template is None:
            raise NeedsInfo(f"Template {vmid} is not on the cluster of server {call.server.name}.")
        return template

    def _copy(self, call: ProvisioningCall, vmid: int, template: Guest) -> dict[str, Any]:
        server = settings_of(call.server)
        return {
            "newid": vmid,
            "name": marks.fingerprint(call.operation_key),
            "description": marks.description(call.operation_key, vmid),
            "full": 1 if server.storage else None,
            "storage": server.storage or None,
            "target": server.node if server.node and server.node != template.node else None,
            "pool": server.resource_pool or None,
        }

    @speaking
    def configure(self, call: ProvisioningCall) -> dict[str, Any]:
        """Write size, user, access and network; the same again when repeated."""
        server, size, order = settings_of(call.server), _size(call), _order(call)
        keys = order.ssh_keys.splitlines()
        password = None if keys else call.secret(PASSWORD, _new_password)
        with self.workshop.cluster(call.server, call.log) as cluster:
            guest = own_guest(cluster, call)
            cluster.api.put(
                f"{guest.path}/config",
                name=cloudinit.host_name(call.service, call.operation_key),
                onboot=1,
                tags=cloudinit.tags(guest, call.operation_key),
                **cloudinit.sizes(size),
                **cloudinit.network(server, guest, call.results[ADDRESS_STEP]["ipconfig"]),
                **cloudinit.access(size.user, keys, password),
            )
        return {"user": size.user, "access": "ssh_key" if keys else "password"}

    @speaking
    def isolate(self, call: ProvisioningCall) -> dict[str, Any]:
        """Let it send from its own addresses only, before it is switched on for the first time."""
        if not settings_of(call.server).firewall:
            return {"firewall": False}
        with self.workshop.cluster(call.server, call.log) as cluster:
            return fence(cluster, own_guest(cluster, call), call.results[ADDRESS_STEP]["address"])

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
                raise ProxmoxError(Kind.OTHER, f"VM {guest.vmid} was started but does not run")
        return resource_of(guest, call.operation_key)


def resource_of(guest: Guest, operation_key: str) -> Resource:
    """A machine as the core remembers it."""
    facts = {
        "user": guest.config.get("ciuser"),
        "hostname": guest.config.get("name"),
        "cores": guest.whole_number("cores"),
        "memory_mb": guest.whole_number("memory"),
        "access": "ssh_key" if guest.config.get("sshkeys") else "password",
    }
    return Resource(
        external_id=str(guest.vmid),
        operation_key=operation_key,
        address=guest.address,
        location=guest.node,
        facts={name: value for name, value in facts.items() if value is not None},
    )


def _new_password() -> str:
    return secrets.token_urlsafe(18)


def _size(call: ProvisioningCall) -> ProductSettings:
    try:
        return cloudinit.size_of(call.product_settings)
    except ValidationError as error:
        raise PermanentFailure(f"the product cannot be built: {_places(error)}") from None


def _order(call: ProvisioningCall) -> OrderSettings:
    try:
        return cloudinit.order_of(call.service)
    except ValidationError as error:
        raise PermanentFailure(f"the order cannot be built: {_places(error)}") from None


def _places(error: ValidationError) -> str:
    return "; ".join(f"{'.'.join(map(str, line['loc']))}: {line['msg']}" for line in error.errors())
