"""Puts the proofs of an order where the authority looks, and takes them away again."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from ezcore.domain_names.certificates.places import Place
from ezcore.domain_names.certificates.resolver import Resolver
from ezcore.domain_names.zones import live
from ezcore.plugin_api.errors import NeedsInfo
from ezcore.plugin_api.ports.certificates import Challenge
from ezcore.plugin_api.ports.vendor_call import VendorCall
from ezcore.plugin_api.protocols import Ports
from ezcore.work import Work


def by_record(challenges: Sequence[Challenge]) -> list[tuple[str, list[str]]]:
    """Texts by the name they stand at: an apex and its wildcard have two at one, and both have to stand at once."""
    dns = sorted((one.record_name, one.value) for one in challenges if one.kind == "dns-01")
    return [(name, [value for _, value in group]) for name, group in groupby(dns, key=lambda one: one[0])]


def publish(
    work: Work, ports: Ports, call: VendorCall, challenges: Sequence[Challenge], places: Sequence[Place]
) -> None:
    """Publish all of them; what stands there already is done. Raises: NeedsInfo when there is nowhere to."""
    for name, values in by_record(challenges):
        live.publish_txt(work, ports, call, name, values)
    for one in challenges:
        if one.kind == "http-01":
            place = _place(places, one.domain)
            place.target.publish_proof(call, place.server, place.resource, place.host, one.path, one.value)


def withdraw(
    work: Work, ports: Ports, call: VendorCall, challenges: Sequence[Challenge], places: Sequence[Place]
) -> None:
    """Take them away; what is not there is done."""
    for name, values in by_record(challenges):
        live.withdraw_txt(work, ports, call, name, values)
    for one in challenges:
        if one.kind == "http-01":
            place = _place(places, one.domain)
            place.target.withdraw_proof(call, place.server, place.resource, place.host, one.path)


def missing(resolver: Resolver, challenges: Sequence[Challenge]) -> str | None:
    """The first name whose texts are not seen yet; None when all are."""
    return next((name for name, values in by_record(challenges) if not resolver.sees(name, values)), None)


def _place(places: Sequence[Place], host: str) -> Place:
    found = next((place for place in places if place.host == host), None)
    if found is None:
        raise NeedsInfo(
            f"{host} is not hosted here, so it cannot be proved by HTTP. Set up its zone or its site, then answer."
        )
    return found
