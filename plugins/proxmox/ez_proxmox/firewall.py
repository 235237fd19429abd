"""Fences a machine in: it may send from its own hardware address and its own IP address only.

Nothing that comes in is closed: which ports a client opens is the client's business. Proxmox filters only if
the firewall is on for the cluster too and ``firewall=1`` stands on the network card (see README).
"""

from __future__ import annotations

from typing import Any, Final

from ez_proxmox.cluster import Cluster
from ez_proxmox.errors import Kind, ProxmoxError
from ez_proxmox.guest import Guest

OWN_ADDRESSES: Final = "ipfilter-net0"  # Proxmox gives this name its meaning


def fence(cluster: Cluster, guest: Guest, address: str | None) -> dict[str, Any]:
    """Set the filter; what is set already stays. `address` is None with DHCP: then only the card is checked.

    The default of Proxmox, once switched on, is to drop what comes in: the policies say otherwise.
    Raises: ProxmoxError.
    """
    path = f"{guest.path}/firewall"
    if address is not None:
        if OWN_ADDRESSES not in _values(cluster.api.get(f"{path}/ipset"), "name"):
            cluster.api.post(f"{path}/ipset", name=OWN_ADDRESSES)
        if address not in _values(cluster.api.get(f"{path}/ipset/{OWN_ADDRESSES}"), "cidr"):
            cluster.api.post(f"{path}/ipset/{OWN_ADDRESSES}", cidr=address)
    options = {
        "enable": 1,
        "policy_in": "ACCEPT",
        "policy_out": "ACCEPT",
        "macfilter": 1,
        "ipfilter": 0 if address is None else 1,
        "dhcp": 1 if address is None else 0,
        "ndp": 1,
    }
    cluster.api.put(f"{path}/options", **options)
    return {"firewall": True, "address": address}


def _values(answer: object, name: str) -> set[str]:
    if not isinstance(answer, list):
        raise ProxmoxError(Kind.UNREACHABLE, "a list of the firewall is no list")
    return {str(line[name]).split("/")[0] for line in answer if isinstance(line, dict) and name in line}
