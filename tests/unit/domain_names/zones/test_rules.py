"""Records: each type holds what it may, and a CNAME stands alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ezcore.domain_names.zones.rules import TYPES, check_set, parse_record, replacing, shown_name, zone_of
from ezcore.kernel.errors import InvalidInput

ZONE = "tamm.com"


@pytest.mark.parametrize(
    ("kind", "name", "content", "priority", "stored"),
    [
        ("A", "@", "192.0.2.1", "", "192.0.2.1"), ("AAAA", "www", "2001:DB8:0::1", "", "2001:db8::1"),
        ("CNAME", "www", "Tamm.com.", "", "tamm.com"), ("MX", "", "mail.tamm.com", "10", "mail.tamm.com"),
        ("TXT", "_dmarc", '"v=DMARC1; p=none"', "", "v=DMARC1; p=none"), ("MX", "@", ".", "0", "."),
        ("SRV", "_sip._tcp", "5 5060 sip.tamm.com", "1", "5 5060 sip.tamm.com"),
        ("CAA", "@", "0 issue letsencrypt.org", "", '0 issue "letsencrypt.org"'),
        ("TLSA", "_443._tcp", "3 1 1 0B9F A59E", "", "3 1 1 0b9fa59e"),
        ("HTTPS", "@", '1 . alpn="h2"', "", '1 . alpn="h2"'), ("DS", "sub", "1 13 2 AB", "", "1 13 2 ab"),
        ("CNAME", "*", "other.example", "", "other.example"), ("NS", "sub", "ns1.example.net", "", "ns1.example.net"),
        ("URI", "_http._tcp", "1 https://x.example/", "", '1 "https://x.example/"'),
    ],
)  # fmt: skip
def test_a_record_is_stored_in_one_form(kind, name, content, priority, stored):
    record = parse_record(ZONE, kind, name, content, "3600", priority)
    assert record.content == stored
    assert record.ttl == 3600
    assert record.name == ZONE or record.name.endswith(f".{ZONE}")


@pytest.mark.parametrize(
    ("kind", "name", "content", "ttl", "priority", "field"),
    [
        ("A", "@", "2001:db8::1", "", "", "content"), ("A", "@", "999.1.1.1", "", "", "content"),
        ("A", "@", "", "", "", "content"), ("CNAME", "@", "x.example", "", "", "name"),
        ("CNAME", "www", "192.0.2.1", "", "", "content"), ("MX", "@", "mail.x.example", "", "", "priority"),
        ("MX", "@", "mail.x.example", "", "70000", "priority"), ("A", "a b", "192.0.2.1", "", "", "name"),
        ("A", "w*w", "192.0.2.1", "", "", "name"), ("A", "other.example.", "192.0.2.1", "", "", "name"),
        ("TXT", "@", "a\r\nb", "", "", "content"), ("TXT", "@", "x" * 5000, "", "", "content"),
        ("A", "@", "192.0.2.1", "1", "", "ttl"), ("A", "@", "192.0.2.1", "1e3", "", "ttl"),
        ("SRV", "www", "5 5060 x.example", "", "1", "name"), ("SRV", "_a._tcp", "5 x.example", "", "1", "content"),
        ("CAA", "@", "issue x", "", "", "content"), ("CAA", "@", "0 evil x", "", "", "content"),
        ("BOGUS", "@", "x", "", "", "type"), ("TLSA", "_443._tcp", "3 1 1 xyz", "", "", "content"),
        ("A", "-x", "192.0.2.1", "", "", "name"), ("A", "x" * 64, "192.0.2.1", "", "", "name"),
    ],
)  # fmt: skip
def test_what_a_type_cannot_hold_is_refused_at_its_field(kind, name, content, ttl, priority, field):
    with pytest.raises(InvalidInput) as refusal:
        parse_record(ZONE, kind, name, content, ttl, priority)
    assert refusal.value.field == field


@given(
    st.sampled_from(TYPES),
    st.text(max_size=40),
    st.text(max_size=60),
    st.text(max_size=6),
    st.text(max_size=4),
)
def test_any_text_is_a_record_or_a_refusal(kind, name, content, ttl, priority):
    try:
        record = parse_record(ZONE, kind, name, content, ttl, priority)
    except InvalidInput:
        return
    assert "\n" not in record.content
    assert (
        parse_record(ZONE, kind, record.name, record.content, "", str(record.priority or 0)).content
        == record.content
    )


def test_a_cname_stands_alone_and_nothing_stands_twice():
    www = parse_record(ZONE, "CNAME", "www", "x.example")
    with pytest.raises(InvalidInput, match="www is a CNAME"):
        check_set(ZONE, [www, parse_record(ZONE, "TXT", "www", "hello")])
    with pytest.raises(InvalidInput, match="there already"):
        check_set(ZONE, [www, www])


def test_setting_records_touches_only_their_names_and_types():
    old = [parse_record(ZONE, "A", "@", "192.0.2.1"), parse_record(ZONE, "TXT", "@", "keep me")]
    wanted = [parse_record(ZONE, "A", "@", "192.0.2.2")]
    batch = replacing(old, wanted)
    assert [one.content for one in batch.delete] == ["192.0.2.1"]
    assert [one.content for one in batch.add] == ["192.0.2.2"]
    assert replacing(wanted, wanted).add == ()


def test_a_host_belongs_to_the_longest_zone():
    assert zone_of("a.b.tamm.com", ["tamm.com", "b.tamm.com", "m.com"]) == "b.tamm.com"
    assert zone_of("xtamm.com", ["tamm.com"]) is None
    assert shown_name(ZONE, "www.tamm.com") == "www"
