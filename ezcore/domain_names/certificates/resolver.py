"""Looks whether a proof is visible before the authority is asked, for it counts every failure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final, Protocol

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.query
import dns.rdatatype
import dns.resolver

SECONDS: Final = 4.0
NOT_LOOKED_UP: Final = "none"
SYSTEM: Final = "system"


class Resolver(Protocol):
    """Asks the DNS."""

    def sees(self, name: str, values: Collection[str]) -> bool:
        """Does every server that counts answer with all of these texts at the name?"""
        ...


class Trusting:
    """Looks nothing up: for shops whose zones are on no public DNS (demo, `ez.certificates.resolver = none`)."""

    def sees(self, name: str, values: Collection[str]) -> bool:  # noqa: ARG002 - the protocol's words
        """Yes."""
        return True


class Servers:
    """Asks these servers directly (`address` or `address:port`)."""

    def __init__(self, servers: Sequence[tuple[str, int]]) -> None:
        self._servers = servers

    def sees(self, name: str, values: Collection[str]) -> bool:
        """Do all of them answer with all of these texts?"""
        return bool(self._servers) and all(set(values) <= _texts(name, *server) for server in self._servers)


class Authoritative:
    """Asks every nameserver of the zone, found through this machine's resolver: caches know yesterday."""

    def sees(self, name: str, values: Collection[str]) -> bool:
        """Do all nameservers of the zone answer with all of these texts?"""
        try:
            zone = dns.resolver.zone_for_name(name, lifetime=SECONDS * 2)
            hosts = [str(one.target) for one in dns.resolver.resolve(zone, "NS", lifetime=SECONDS)]
            addresses = [dns.resolver.resolve(host, "A", lifetime=SECONDS)[0].to_text() for host in hosts]
        except dns.exception.DNSException:
            return False
        return Servers([(address, 53) for address in addresses]).sees(name, values)


def make_resolver(setting: str) -> Resolver:
    """The resolver that a setting names. Raises: ValueError."""
    if setting == NOT_LOOKED_UP:
        return Trusting()
    return Authoritative() if setting == SYSTEM else Servers(parse_servers(setting))


def parse_servers(setting: str) -> list[tuple[str, int]]:
    """`127.0.0.1:5353, 192.0.2.1` as pairs. Raises: ValueError."""
    pairs = []
    for word in setting.replace(",", " ").split():
        address, _, port = word.partition(":")
        pairs.append((address, int(port or 53)))
    return pairs


def _texts(name: str, address: str, port: int) -> set[str]:
    question = dns.message.make_query(dns.name.from_text(name), dns.rdatatype.TXT)
    question.flags &= ~dns.flags.RD
    try:
        answer, _ = dns.query.udp_with_fallback(question, address, timeout=SECONDS, port=port)
    except (dns.exception.DNSException, OSError):
        return set()
    return {
        b"".join(record.strings).decode("utf-8", "replace")
        for rrset in answer.answer
        if rrset.rdtype == dns.rdatatype.TXT
        for record in rrset
    }
