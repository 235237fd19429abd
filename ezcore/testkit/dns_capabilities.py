"""What a DNS provider promises with the capabilities it declares; `DnsContract` inherits these tests."""

# ruff: noqa: D102 - a test is named by its promise

from __future__ import annotations

import re

import pytest

from ezcore.plugin_api.ports.dns import DnsCapability, DnsZone
from ezcore.testkit.dns_case import ZONE, DnsCase, sample


class DnsCapabilities:
    """The part of `DnsContract` about what is declared beyond zones and records."""

    def test_dnssec_gives_what_the_parent_has_to_publish(self, dns_case: DnsCase) -> None:
        case = dns_case
        zone = _declared(case, DnsCapability.DNSSEC)
        first, again = (
            case.insist("job-11", lambda call: case.provider.set_dnssec(call, zone, on=True))
            for _ in range(2)
        )
        assert first
        assert sorted(map(repr, first)) == sorted(map(repr, again))
        assert all(re.fullmatch(r"[0-9A-Fa-f]{40,96}", one.digest) for one in first)
        signed = case.read(lambda: case.provider.find_zone(ZONE))
        assert signed is not None
        assert signed.dnssec
        assert "private" not in case.everything_said().lower()
        for _ in range(2):
            assert not case.insist("job-11", lambda call: case.provider.set_dnssec(call, zone, on=False))

    def test_a_bind_file_goes_out_and_comes_in(self, dns_case: DnsCase) -> None:
        case = dns_case
        zone = _declared(case, DnsCapability.BIND_FILE)
        case.change(zone, add=[sample("www", "A", "192.0.2.1"), sample("", "TXT", "hello; world")])
        text = case.read(lambda: case.provider.export_bind(zone))
        assert re.search(r"(?m)^www\.example\.com\.\s+300\s+IN\s+A\s+192\.0\.2\.1\s*$", text)
        before = case.identities(zone)
        added = case.insist(
            "job-12",
            lambda call: case.provider.import_bind(
                call, zone, text + "new.example.com. 300 IN A 192.0.2.8\n"
            ),
        )
        assert added == 1
        assert case.identities(zone) == sorted([*before, sample("new", "A", "192.0.2.8").identity], key=repr)

    def test_the_proxied_flag_is_kept(self, dns_case: DnsCase) -> None:
        case = dns_case
        zone = _declared(case, DnsCapability.PROXIED)
        plain = sample("www", "A", "192.0.2.1")
        case.change(zone, add=[plain])
        case.change(zone, add=[plain.model_copy(update={"proxied": True})])
        assert [one.proxied for one in case.seen(zone)] == [True]
        case.change(zone, add=[plain.model_copy(update={"proxied": False})])
        assert [one.proxied for one in case.seen(zone)] == [False]

    def test_a_comment_is_kept(self, dns_case: DnsCase) -> None:
        case = dns_case
        zone = _declared(case, DnsCapability.COMMENTS)
        case.change(zone, add=[sample("www", "A", "192.0.2.1").model_copy(update={"comment": "our web"})])
        assert [one.comment for one in case.seen(zone)] == ["our web"]

    def test_what_is_not_declared_is_not_there(self, dns_case: DnsCase) -> None:
        case = dns_case
        zone = case.zone()
        if DnsCapability.DNSSEC not in case.provider.capabilities:
            with pytest.raises(NotImplementedError):
                case.provider.set_dnssec(case.call("job-13"), zone, on=True)
        if DnsCapability.BIND_FILE not in case.provider.capabilities:
            with pytest.raises(NotImplementedError):
                case.provider.export_bind(zone)


def _declared(case: DnsCase, capability: DnsCapability) -> DnsZone:
    if capability not in case.provider.capabilities:
        pytest.skip(f"{case.provider.name} does not declare {capability}")
    return case.zone()
