"""VPSInstance: what the core remembers of a machine or container."""

from __future__ import annotations

from collections.abc import Sequence

from ez_proxmox.guest import Guest
from ezcore.plugin_api.values import Resource


class VPSInstance(Resource):
    """A machine on a cluster. `location` is the node it was seen on last; never trusted, always looked up."""

    @property
    def vmid(self) -> int:
        """Its number on the cluster."""
        return int(self.external_id)

    @property
    def kind(self) -> str:
        """Qemu (virtual machine) or lxc (container)."""
        return str(self.facts.get("kind", "qemu"))


def resource_of(
    guest: Guest, operation_key: str, extra: Sequence[str] = (), access: str | None = None
) -> VPSInstance:
    """A machine as the core remembers it; `extra` are addresses that the machine is not told by itself."""
    facts = {
        "kind": guest.kind,
        "user": "root" if guest.is_container else guest.config.get("ciuser"),
        "hostname": guest.name or None,
        "cores": guest.whole_number("cores"),
        "memory_mb": guest.whole_number("memory"),
        "access": access or ("ssh_key" if guest.config.get("sshkeys") else "password"),
        "ipv6": next((one for one in guest.addresses[1:] if ":" in one), None),
        "extra_addresses": ", ".join(extra) or None,
    }
    return VPSInstance(
        external_id=str(guest.vmid),
        operation_key=operation_key,
        address=guest.address,
        location=guest.node,
        facts={name: value for name, value in facts.items() if value is not None},
    )
