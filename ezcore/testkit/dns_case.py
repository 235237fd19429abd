"""What a plugin with a DNS provider tells the conformance suite about itself: one fixture returns one of these."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ezcore.plugin_api.ports.dns import DnsProvider, DnsRecord, DnsZone, RecordChanges
from ezcore.testkit.vendor_case import VendorCase

ZONE = "example.com"
_DIGEST = "a1" * 32
_SAMPLES: tuple[tuple[str, str, str, int | None], ...] = (
    ("www", "A", "192.0.2.1", None),
    ("www", "A", "192.0.2.2", None),
    ("www", "AAAA", "2001:db8::1", None),
    ("alias", "ALIAS", "www.example.net", None),
    ("", "CAA", '0 issue "ca.example.net"', None),
    ("blog", "CNAME", "www.example.net", None),
    ("child", "NS", "ns1.example.net", None),
    ("child", "DS", f"12345 13 2 {_DIGEST}", None),
    ("svc", "HTTPS", "1 . alpn=h2,h3", None),
    ("place", "LOC", "59 26 13.000 N 24 45 13.000 E 10.00m 1.00m 10000.00m 10.00m", None),
    ("", "MX", "mail.example.net", 10),
    ("", "MX", "mail2.example.net", 20),
    ("sip", "NAPTR", '100 10 "S" "SIP+D2U" "" _sip._udp.example.com', None),
    ("1", "PTR", "host.example.net", None),
    ("_sip._tcp", "SRV", "60 5060 sip.example.net", 10),
    ("ssh", "SSHFP", f"4 2 {_DIGEST}", None),
    ("svcb", "SVCB", "1 svc.example.net alpn=h2 port=8443", None),
    ("_443._tcp", "TLSA", f"3 1 1 {_DIGEST}", None),
    ("", "TXT", "v=spf1 include:example.net -all", None),
    ("long", "TXT", "v=DKIM1; k=rsa; p=" + "MIIBIjANBgkqh" * 24, None),
    ("odd", "TXT", 'say "hi" \\ bye; now', None),
    ("_http._tcp", "URI", '1 "https://www.example.net/x"', 10),
)


def sample(name: str, kind: str, content: str, priority: int | None = None, ttl: int = 300) -> DnsRecord:
    """A record of the test's zone; an empty name is the apex."""
    whole = f"{name}.{ZONE}" if name else ZONE
    return DnsRecord.model_validate(
        {"name": whole, "type": kind, "content": content, "ttl": ttl, "priority": priority}
    )


def samples(types: frozenset[str]) -> list[DnsRecord]:
    """Records of every one of these types, as the port writes them."""
    return [
        sample(name, kind, content, priority) for name, kind, content, priority in _SAMPLES if kind in types
    ]


@dataclass(kw_only=True)
class DnsCase(VendorCase):
    """A DNS provider under test.

    `calls` has `create_zone`, `find_zone`, `delete_zone`, `records`, `change_records`. `zones(name)` says how many
    zones of a name stand in our account; `stranger(name)` makes one that is not ours, `remove(name)` deletes one by
    hand. `paged` is a number of records that takes more than one page.
    """

    provider: DnsProvider
    zones: Callable[[str], int]
    stranger: Callable[[str], None]
    remove: Callable[[str], None]
    paged: int = 120

    def zone(self, key: str = "job-zone") -> DnsZone:
        """The zone of the tests, made once."""
        return self.insist(key, lambda call: self.provider.create_zone(call, ZONE))

    def change(
        self,
        zone: DnsZone,
        *,
        add: Sequence[DnsRecord] = (),
        delete: Sequence[DnsRecord] = (),
        doubled: bool = False,
        key: str = "job-records",
    ) -> None:
        """Carry out a batch, whatever it takes."""
        changes = RecordChanges(add=tuple(add), delete=tuple(delete))
        self.insist(key, lambda call: self.provider.change_records(call, zone, changes), doubled=doubled)

    def seen(self, zone: DnsZone) -> list[DnsRecord]:
        """The records of the zone without the NS of its apex, which vendors write themselves."""
        every = self.read(lambda: self.provider.records(zone))
        return [one for one in every if (one.name, one.type) != (zone.name, "NS")]

    def identities(self, zone: DnsZone) -> list[tuple[str, str, str, int | None]]:
        """What makes them the records they are, sorted."""
        return in_order(self.seen(zone))


def in_order(records: Sequence[DnsRecord]) -> list[tuple[str, str, str, int | None]]:
    """Their identities, sorted."""
    return sorted((one.identity for one in records), key=repr)
