"""Fences a guest in: it may send from its own hardware address and its own IP addresses only.

Nothing that comes in is closed unless the client closes it. Proxmox filters only if the firewall is on for the cluster
too and ``firewall=1`` stands on the network card (see README).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from ez_proxmox.cluster import Cluster
from ez_proxmox.errors import Kind, ProxmoxError
from ez_proxmox.guest import Guest

OWN_ADDRESSES: Final = "ipfilter-net0"  # Proxmox gives this name its meaning
POLICIES: Final = ("ACCEPT", "DROP", "REJECT")


def fence(cluster: Cluster, guest: Guest, addresses: Sequence[str]) -> dict[str, Any]:
    """Set the filter; what is set already stays. No addresses: DHCP, then only the card is checked.

    The default of Proxmox, once switched on, is to drop what comes in: the policies say otherwise, unless the client
    has chosen one. Raises: ProxmoxError.
    """
    path = f"{guest.path}/firewall"
    if addresses:
        _set_members(cluster, path, addresses)
    now = cluster.api.get(f"{path}/options")
    chosen = now.get("policy_in") if isinstance(now, dict) and str(now.get("enable", 0)) == "1" else None
    options = {
        "enable": 1,
        "policy_in": chosen if chosen in POLICIES else "ACCEPT",
        "policy_out": "ACCEPT",
        "macfilter": 1,
        "ipfilter": 1 if addresses else 0,
        "dhcp": 0 if addresses else 1,
        "ndp": 1,
    }
    cluster.api.put(f"{path}/options", **options)
    return {"firewall": True, "addresses": list(addresses)}


def _set_members(cluster: Cluster, path: str, addresses: Sequence[str]) -> None:
    if OWN_ADDRESSES not in _values(cluster.api.get(f"{path}/ipset"), "name"):
        cluster.api.post(f"{path}/ipset", name=OWN_ADDRESSES)
    present = _values(cluster.api.get(f"{path}/ipset/{OWN_ADDRESSES}"), "cidr")
    for address in addresses:
        if address not in present:
            cluster.api.post(f"{path}/ipset/{OWN_ADDRESSES}", cidr=address)
    for address in sorted(present - set(addresses)):
        cluster.api.delete(f"{path}/ipset/{OWN_ADDRESSES}/{address}")


def _values(answer: object, name: str) -> set[str]:
    if not isinstance(answer, list):
        raise ProxmoxError(Kind.UNREACHABLE, "a list of the firewall is no list")
    return {str(line[name]).split("/")[0] for line in answer if isinstance(line, dict) and name in line}
