"""B061, B063-B065: what may be typed as a name, a nameserver, a code or a contact."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ezcore.domain_names.names.contacts import ContactForm, check_letters, epp_phone, plain_letters
from ezcore.domain_names.names.rules import (
    check_scripts,
    mixes_scripts,
    parse_code,
    parse_name,
    parse_nameservers,
    parse_words,
    split,
    to_unicode,
)
from ezcore.kernel.errors import InvalidInput
from tests.fixtures_domains import OWNER


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("example.com", "example.com"), ("  Example.COM ", "example.com"), ("http://x.com/", "x.com"),
        ("https://www.x.com/a?b#c", "x.com"), ("x.com.", "x.com"), ("x.com:8080", "x.com"),
        ("münchen.de", "xn--mnchen-3ya.de"), ("MÜNCHEN.de", "xn--mnchen-3ya.de"), ("faß.de", "xn--fa-hia.de"),
        ("www.com", "www.com"),
    ],
)  # fmt: skip
def test_a_name_is_read_as_people_paste_it(typed, name):
    assert parse_name(typed) == name


@pytest.mark.parametrize(
    "typed",
    [
        "", "   ", "\t", "a" * 64 + ".com", "xn--a.com", "xn--.com", "-x.com", "x-.com", "x..com", ".com", "x.com; rm",
        "a b.com", "\U0001f600.com", "x_y.com", "x.com\r\nHost: y", "com", "a." * 127 + "com", "x.c\0m", "x,com",
        "ab--cd.com", "\u200d.com",
    ],
)  # fmt: skip
def test_B061_what_is_no_name_is_refused_with_the_field(typed):
    with pytest.raises(InvalidInput) as refusal:
        parse_name(typed)
    assert refusal.value.field == "domain"
    assert refusal.value.message


@given(st.text(max_size=80))
def test_whatever_is_typed_is_a_name_or_a_refusal(typed):
    try:
        name = parse_words(typed)
    except InvalidInput:
        return
    assert name == name.lower()
    assert name.isascii()
    assert len(name) <= 253
    assert all(0 < len(label) <= 63 for label in name.split("."))
    if "." in name and not name.startswith("www."):
        assert parse_name(name) == name


@given(st.from_regex(r"[a-z0-9]([a-z0-9]{0,20}[a-z0-9])?\.(com|ee|co\.uk)", fullmatch=True))
def test_a_plain_name_stays_as_it_is_and_splits_at_its_ending(name):
    assert parse_name(name) == name
    label, ending = split(name, ["com", "ee", "uk", "co.uk"])
    assert f"{label}.{ending}" == name
    assert "." not in label


def test_the_longest_ending_that_is_sold_counts():
    assert split("x.co.uk", ["uk", "co.uk"]) == ("x", "co.uk")
    with pytest.raises(InvalidInput, match=r"write the name itself: x\.co\.uk"):
        split("mail.x.co.uk", ["co.uk"])
    with pytest.raises(InvalidInput, match=r"names that end in \.xyz"):
        split("x.xyz", ["com"])


def test_B061_letters_of_two_alphabets_pass_only_where_the_ending_allows_them():
    disguised = parse_name("p\u0430ypal.com")
    assert mixes_scripts(disguised)
    with pytest.raises(InvalidInput, match="different alphabets"):
        check_scripts(disguised, idn=True, mixed=False)
    assert "xn--" in check_scripts(disguised, idn=True, mixed=True)
    whole = parse_name("\u0430\u0440\u0440\u04cf\u0435.com")
    assert "looks like a Latin one" in check_scripts(whole, idn=True, mixed=False)
    assert check_scripts(parse_name("m\u00fcller.com"), idn=True, mixed=False) is None
    with pytest.raises(InvalidInput, match="only the letters a to z"):
        check_scripts(parse_name("m\u00fcller.com"), idn=False, mixed=False)
    assert to_unicode("xn--mnchen-3ya.de") == "m\u00fcnchen.de"


@pytest.mark.parametrize(
    "hosts",
    [
        ["192.0.2.1", "ns2.x.net"], ["2001:db8::1", "ns2.x.net"], ["ns1.tamm.com", "ns2.x.net"],
        [f"ns{n}.x.net" for n in range(14)], ["ns1.x.net", "NS1.x.net."], ["ns1.x.net\r\nx", "ns2.x.net"],
        ["ns1.x.net"],
        [], ["ns1", "ns2"], ["ns 1.x.net", "ns2.x.net"],
    ],
)  # fmt: skip
def test_B064_nameservers_that_cannot_serve_are_refused(hosts):
    with pytest.raises(InvalidInput) as refusal:
        parse_nameservers(hosts, "tamm.com")
    assert refusal.value.field == "nameservers"


def test_a_nameserver_below_the_name_needs_its_address_first():
    assert (
        parse_nameservers(["ns1.tamm.com", "ns2.x.net"], "tamm.com", glued=["ns1.tamm.com"])[0]
        == "ns1.tamm.com"
    )


@pytest.mark.parametrize("code", ["", "  ", "a b", "x" * 1024, "c\u00f6de", "a\tb"])
def test_B063_a_code_that_cannot_be_one_is_refused_and_never_repeated(code):
    with pytest.raises(InvalidInput) as refusal:
        parse_code(code)
    assert refusal.value.field == "auth_code"
    assert not code.strip() or code not in refusal.value.message


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("+372 555 1234", "+372.5551234"), ("0049 (0)30 123456", "+49.30123456"),
        ("+1 (212) 555-0100", "+1.2125550100"),
        ("+7.4951234567", "+7.4951234567"),
    ],
)  # fmt: skip
def test_a_phone_number_is_written_as_registries_want_it(typed, sent):
    assert epp_phone(typed) == sent


@pytest.mark.parametrize("typed", ["", "5551234", "+0 123", "+372", "+372 55512x4", "+37255512345678901"])
def test_a_number_without_country_is_asked_again(typed):
    with pytest.raises(InvalidInput):
        epp_phone(typed)


def test_B065_plain_letters_are_proposed_where_the_registry_takes_no_others():
    contact = ContactForm.model_validate(
        OWNER | {"name": "J\u00fcri T\u00e4ht", "city": "K\u00f8benhavn"}
    ).to_contact()
    with pytest.raises(InvalidInput, match="'Juri Taht'") as refusal:
        check_letters(contact, prefix="owner_")
    assert refusal.value.field == "owner_name"
    assert plain_letters("Stra\u00dfe K\u00f8benhavn") == "Strasse Kobenhavn"
    chinese = ContactForm.model_validate(OWNER | {"name": "\u674e\u5c0f\u9f99"}).to_contact()
    with pytest.raises(InvalidInput, match="Latin letters"):
        check_letters(chinese)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("email", "x"),
        ("phone", "1"),
        ("country", "XX"),
        ("city", "a\nb"),
        ("street", "x" * 200),
    ],
)
def test_a_contact_says_which_field_is_wrong(field, value):
    with pytest.raises(ValidationError) as refusal:
        ContactForm.model_validate(OWNER | {field: value})
    assert refusal.value.errors()[0]["loc"] == (field,)
