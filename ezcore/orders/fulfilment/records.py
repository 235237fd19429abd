"""The records that make a hosting account answer under its name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address

from ezcore.plugin_api.ports.dns import DnsRecord, RecordType

MAIL_PRIORITY = 10


@dataclass(frozen=True)
class Site:
    """A hosting account under its host name; `mail`: does it take mail for the name?"""

    host: str
    address: str | None
    mail: bool


def records_for(zone: str, sites: Iterable[Site]) -> list[DnsRecord]:
    """Address records of each site and its `www`, and mail where the account has it. A site without address: none."""
    found: dict[tuple[str, str, str, int | None], DnsRecord] = {}
    for site in sites:
        for record in _of_site(zone, site):
            found.setdefault(record.identity, record)
    return list(found.values())


def _of_site(zone: str, site: Site) -> list[DnsRecord]:
    kind, host = _kind(site.address), site.host
    if kind is None or site.address is None:
        return []
    names = [host, f"www.{host}"]
    mail = []
    if host == zone and site.mail:
        names.append(f"mail.{host}")
        mail = [
            DnsRecord(name=host, type="MX", content=f"mail.{host}", priority=MAIL_PRIORITY),
            DnsRecord(name=host, type="TXT", content="v=spf1 a mx -all"),
        ]
    return [*(DnsRecord(name=name, type=kind, content=site.address) for name in names), *mail]


def _kind(address: str | None) -> RecordType | None:
    try:
        return "AAAA" if ip_address(address or "").version == 6 else "A"  # noqa: PLR2004 - the protocol's number
    except ValueError:
        return None
