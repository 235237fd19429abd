"""Records from inside another job's step (proofs of certificates): asked at once, no job of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ezcore.domain_names.zones import queries
from ezcore.plugin_api.errors import NeedsInfo
from ezcore.plugin_api.ports.dns import DnsProvider, DnsRecord, DnsZone, RecordChanges
from ezcore.plugin_api.ports.vendor_call import VendorCall
from ezcore.plugin_api.protocols import Ports
from ezcore.work import Work

PROOF_TTL: Final = 120


def find(work: Work, ports: Ports, name: str) -> tuple[DnsProvider, DnsZone]:
    """Provider and zone that a host name belongs to: one of ours, else whatever a provider has in its account.

    No transaction is open while providers are asked. Raises: NeedsInfo when nobody has such a zone.
    """
    with work.read() as uow:
        ours = queries.covering(uow, name)
    if ours is not None and ours.external_id is not None:
        return ports.get(DnsProvider, ours.provider), queries.as_port(ours)  # type: ignore[type-abstract]
    labels = name.split(".")
    for provider_name in ports.names(DnsProvider):
        provider: DnsProvider = ports.get(DnsProvider, provider_name)  # type: ignore[type-abstract]
        for cut in range(len(labels) - 1):
            found = provider.find_zone(".".join(labels[cut:]))
            if found is not None:
                return provider, found
    raise NeedsInfo(f"no DNS provider here has a zone for {name}. Set one up, then answer to go on.")


def publish_txt(work: Work, ports: Ports, call: VendorCall, name: str, values: Sequence[str]) -> DnsZone:
    """Have these texts at the name, beside whatever stands there. Safe to repeat. Raises: NeedsInfo."""
    provider, zone = find(work, ports, name)
    there = {one.content for one in provider.records(zone) if (one.name, one.type) == (name, "TXT")}
    missing = [value for value in values if value not in there]
    if missing:
        provider.change_records(call, zone, RecordChanges(add=_texts(name, missing)))
    return zone


def withdraw_txt(work: Work, ports: Ports, call: VendorCall, name: str, values: Sequence[str]) -> None:
    """Take exactly these texts away again; what is not there is done. Raises: NeedsInfo."""
    provider, zone = find(work, ports, name)
    there = [
        one
        for one in provider.records(zone)
        if (one.name, one.type) == (name, "TXT") and one.content in set(values)
    ]
    if there:
        provider.change_records(call, zone, RecordChanges(delete=tuple(there)))


def _texts(name: str, values: Sequence[str]) -> tuple[DnsRecord, ...]:
    return tuple(DnsRecord(name=name, type="TXT", content=value, ttl=PROOF_TTL) for value in values)
