"""Pools of addresses as staff write them: ``192.0.2.10-192.0.2.99/24,gw=192.0.2.1``, ``192.0.2.0/26,gw=``."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass

Ip = ipaddress.IPv4Address | ipaddress.IPv6Address
LARGEST = 65_536


@dataclass(frozen=True)
class Pool:
    """Addresses from `first` to `last`, both included, in a network of `prefix` bits behind `gateway`."""

    first: Ip
    last: Ip
    prefix: int
    gateway: Ip

    def __contains__(self, address: Ip) -> bool:
        return address.version == self.first.version and int(self.first) <= int(address) <= int(self.last)

    def addresses(self) -> Iterator[Ip]:
        """Every address that may be given to a guest; the gateway never is."""
        make = type(self.first)
        for number in range(int(self.first), int(self.last) + 1):
            if number != int(self.gateway):
                yield make(number)


def parse_pools(text: str) -> list[Pool]:
    """Read pools, one per line.

    Raises: ValueError with a sentence for the form.
    """
    return [_parse(line.strip()) for line in text.replace(";", "\n").splitlines() if line.strip()]


def _parse(line: str) -> Pool:
    body, comma, gateway = line.partition(",gw=")
    if not comma:
        raise ValueError(f"{line!r}: write first-last/prefix,gw=gateway")
    span, slash, prefix = body.partition("/")
    if not slash:
        raise ValueError(f"{line!r}: the prefix length is missing")
    first, dash, last = span.partition("-")
    try:
        behind = ipaddress.ip_address(gateway.strip())
        network = ipaddress.ip_network(f"{first.strip()}/{prefix.strip()}", strict=False)
        pool = _range(first, last, network, behind) if dash else _whole(network, behind)
    except ValueError as error:
        raise ValueError(f"{line!r}: {error}") from None
    if int(pool.last) - int(pool.first) >= LARGEST or int(pool.last) < int(pool.first):
        raise ValueError(f"{line!r}: from 1 to {LARGEST} addresses")
    return pool


def _range(
    first: str, last: str, network: ipaddress.IPv4Network | ipaddress.IPv6Network, gateway: Ip
) -> Pool:
    ends = ipaddress.ip_address(first.strip()), ipaddress.ip_address(last.strip())
    if any(address not in network for address in (*ends, gateway)):
        raise ValueError("both ends and the gateway lie in one network")
    return Pool(ends[0], ends[1], network.prefixlen, gateway)


def _whole(network: ipaddress.IPv4Network | ipaddress.IPv6Network, gateway: Ip) -> Pool:
    if gateway not in network:
        raise ValueError("the gateway lies outside")
    four, many = network.version == 4, network.num_addresses > 2  # noqa: PLR2004 - /31 and /32 have no network address
    last = network.broadcast_address - (1 if many and four else 0)
    return Pool(network.network_address + (1 if many else 0), last, network.prefixlen, gateway)
