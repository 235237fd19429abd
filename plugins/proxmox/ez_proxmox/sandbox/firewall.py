"""The firewall of a guest as far as it fences: options, address sets. Nothing is really filtered here.

The texts of refusals are from memory of PVE::API2::Firewall; the contract has none.
"""

from __future__ import annotations

from collections.abc import Mapping

from ez_proxmox.sandbox import refusals
from ez_proxmox.sandbox.guests import Guests
from ezcore.plugin_api.sandbox import Document


def options(guest: Document) -> Document:
    """GET firewall/options."""
    return {
        name: int(value) if str(value).isdigit() else value for name, value in _of(guest)["options"].items()
    }


def set_options(guests: Guests, guest: Document, given: Mapping[str, str]) -> None:
    """PUT firewall/options."""
    firewall = _of(guest)
    guests.put({**guest, "firewall": {**firewall, "options": {**firewall["options"], **given}}})


def sets(guest: Document) -> list[Document]:
    """GET firewall/ipset."""
    return [{"name": name, "digest": "0" * 40} for name in _of(guest)["sets"]]


def add_set(guests: Guests, guest: Document, given: Mapping[str, str]) -> None:
    """POST firewall/ipset."""
    firewall, name = _of(guest), given["name"]
    if name in firewall["sets"]:
        raise refusals.parameters({"name": f"IPSet '{name}' already exists"})
    guests.put({**guest, "firewall": {**firewall, "sets": {**firewall["sets"], name: []}}})


def members(guest: Document, name: str) -> list[Document]:
    """GET firewall/ipset/{name}."""
    return [{"cidr": cidr, "digest": "0" * 40} for cidr in _set(guest, name)]


def add_member(guests: Guests, guest: Document, name: str, given: Mapping[str, str]) -> None:
    """POST firewall/ipset/{name}."""
    firewall, present = _of(guest), _set(guest, name)
    if given["cidr"] in present:
        raise refusals.parameters({"cidr": f"address '{given['cidr']}' already exists"})
    sets_ = {**firewall["sets"], name: [*present, given["cidr"]]}
    guests.put({**guest, "firewall": {**firewall, "sets": sets_}})


def remove_member(guests: Guests, guest: Document, name: str, cidr: str) -> None:
    """DELETE firewall/ipset/{name}/{cidr}."""
    firewall, present = _of(guest), _set(guest, name)
    if cidr not in present:
        raise refusals.Refusal(500, f"no such IPSet member '{cidr}'\n")
    sets_ = {**firewall["sets"], name: [one for one in present if one != cidr]}
    guests.put({**guest, "firewall": {**firewall, "sets": sets_}})


def _of(guest: Document) -> Document:
    firewall: Document = guest.get("firewall") or {"options": {}, "sets": {}}
    return firewall


def _set(guest: Document, name: str) -> list[str]:
    present: list[str] | None = _of(guest)["sets"].get(name)
    if present is None:
        raise refusals.Refusal(500, f"no such IPSet '{name}'\n")
    return present
