"""Host objects (RFC 5732): they have to exist before a name may use them."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence

from ez_epp import xml
from ez_epp.refusals import EXISTS, MISSING, Refusal
from ez_epp.registry import Registry
from ezcore.plugin_api.ports.registrar import GlueHost
from ezcore.plugin_api.ports.vendor_call import VendorCall


def ensure(registry: Registry, call: VendorCall, names: Iterable[str]) -> None:
    """Nameservers elsewhere; those that are there are done."""
    for name in names:
        _create(registry, call, GlueHost(name=name, addresses=()))


def save(registry: Registry, call: VendorCall, host: GlueHost) -> None:
    """One host with exactly these addresses."""
    have = _addresses(registry, host.name)
    if have is None:
        _create(registry, call, host)
        return
    wanted = {_plain(address) for address in host.addresses}
    if have == wanted:
        return
    add, remove = sorted(wanted - have), sorted(have - wanted)
    verb = xml.el(
        "host:update",
        xml.el("host:name", host.name),
        xml.el("host:add", *map(_address, add)) if add else None,
        xml.el("host:rem", *map(_address, remove)) if remove else None,
    )
    registry.change(call.step_key, call.log, f"host:update {host.name}", xml.el("epp:update", verb))


def save_all(registry: Registry, call: VendorCall, have: Iterable[str], wanted: Sequence[GlueHost]) -> None:
    """Exactly these below a name. Raises: Refusal (2305) when a name still uses one that has to go."""
    kept = {host.name.lower() for host in wanted}
    for host in wanted:
        save(registry, call, host)
    for name in sorted(set(have) - kept):
        delete(registry, call, name)


def delete(registry: Registry, call: VendorCall, name: str) -> None:
    """One that is not there is done. Raises: Refusal (2305) when a name still uses it."""
    verb = xml.el("epp:delete", xml.el("host:delete", xml.el("host:name", name)))
    try:
        registry.change(call.step_key, call.log, f"host:delete {name}", verb)
    except Refusal as error:
        if error.code != MISSING:
            raise


def _create(registry: Registry, call: VendorCall, host: GlueHost) -> None:
    verb = xml.el("host:create", xml.el("host:name", host.name), *map(_address, map(_plain, host.addresses)))
    try:
        registry.change(call.step_key, call.log, f"host:create {host.name}", xml.el("epp:create", verb))
    except Refusal as error:
        if error.code != EXISTS:
            raise


def _addresses(registry: Registry, name: str) -> set[str] | None:
    verb = xml.el("epp:info", xml.el("host:info", xml.el("host:name", name)))
    try:
        data = registry.ask(f"host:info {name}", verb).data("host:infData")
    except Refusal as error:
        if error.code == MISSING:
            return None
        raise
    return {_plain(node.text or "") for node in xml.every(data, "host:addr")}


def _plain(address: str) -> str:
    return str(ipaddress.ip_address(address))


def _address(address: str) -> xml.Node:
    return xml.el("host:addr", address, ip=f"v{ipaddress.ip_address(address).version}")
