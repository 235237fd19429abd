"""Names, renewal times and requests of certificates, without any vendor."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ezcore.domain_names.certificates import keys, rules
from ezcore.domain_names.certificates.order import CertificateOrder, CertificateProduct
from ezcore.domain_names.certificates.proofs import by_record
from ezcore.domain_names.certificates.resolver import Authoritative, Servers, Trusting, make_resolver
from ezcore.kernel.errors import InvalidInput
from ezcore.plugin_api.ports.certificates import Challenge
from ezcore.settings import SettingsError, load

ISSUED = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
KEY = "ez.security.secret_keys"


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("Example.COM", ("example.com",)),
        ("example.com, *.example.com", ("example.com", "*.example.com")),
        ("www.example.com\n*.example.com example.com", ("*.example.com", "example.com")),
        ("a.b.example.com *.example.com", ("a.b.example.com", "*.example.com")),
        ("õun.ee", ("xn--un-bka.ee",)),
        ("example.com example.com.", ("example.com",)),
    ],
)
def test_names_are_read_as_people_write_them(typed, names):
    assert rules.parse_names(typed) == names


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "at least one name"),
        ("localhost", "host name"),
        ("192.0.2.1", "address"),
        ("a*.example.com", "star"),
        ("*.*.example.com", "star"),
        ("exam ple..com", "host name"),
        ("<script>.com", ""),
        (" ".join(f"n{number}.example.com" for number in range(101)), "at most 100"),
        (f"{'a' * 64}.com", ""),
    ],
)
def test_bad_names_are_refused_with_the_field(typed, says):
    with pytest.raises(InvalidInput) as caught:
        rules.parse_names(typed)
    assert caught.value.field == "names"
    assert says in caught.value.message


@given(st.integers(1, 10**9), st.integers(6, 400))
def test_renewal_comes_after_five_eighths_and_within_two_thirds_of_its_life(number, days):
    life = timedelta(days=days)
    at = rules.renew_at(ISSUED, ISSUED + life, number)
    assert life * 0.62 <= at - ISSUED <= life * 2 / 3 + timedelta(seconds=1)


def test_what_was_issued_together_is_not_renewed_together():
    moments = {rules.renew_at(ISSUED, ISSUED + timedelta(days=90), number) for number in range(1, 501)}
    assert len(moments) == 500


def test_a_failed_renewal_waits_half_a_day_first_and_three_days_at_most():
    waits = [rules.next_try(ISSUED, failures) - ISSUED for failures in (1, 2, 3, 4, 50)]
    assert waits == [timedelta(hours=hours) for hours in (12, 24, 48, 72, 72)]


def request_of(key, *names):
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    if names:
        asked = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
        builder = builder.add_extension(asked, critical=False)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


@pytest.mark.parametrize("kind", ["ec", "rsa"])
def test_a_request_made_here_is_one_that_we_would_take(kind):
    pem = keys.make_request(keys.make_key(kind), ("example.com", "*.example.com"))
    assert keys.read_request(pem) == ("example.com", "*.example.com")


@pytest.mark.parametrize(
    ("pem", "says"),
    [
        ("hello", "no certificate request"),
        ("-----BEGIN PRIVATE KEY-----", "private key"),
        ("x" * 40_000, "not that long"),
        (request_of(ec.generate_private_key(ec.SECP256R1())), "names no host"),
        (request_of(rsa.generate_private_key(65537, 1024), "example.com"), "2048"),
        (request_of(ec.generate_private_key(ec.SECP521R1()), "example.com"), "P-256"),
        (request_of(ec.generate_private_key(ec.SECP256R1()), "localhost"), "host name"),
    ],
)
def test_bad_requests_are_refused_in_words(pem, says):
    with pytest.raises(InvalidInput, match=says) as caught:
        keys.read_request(pem)
    assert caught.value.field == "csr"


def test_an_order_holds_the_names_of_its_own_request():
    pem = request_of(ec.generate_private_key(ec.SECP256R1()), "example.com")
    assert CertificateOrder(csr=pem).all_names() == ("example.com",)
    with pytest.raises(ValidationError, match="other names"):
        CertificateOrder(csr=pem, names="example.org")


def test_a_product_limits_names_and_wildcards():
    two = CertificateOrder(names="example.com example.org")
    with pytest.raises(InvalidInput, match="at most 1"):
        two.check(CertificateProduct(most_names=1))
    with pytest.raises(InvalidInput, match="wildcards"):
        CertificateOrder(names="*.example.com").check(CertificateProduct(wildcards=False))


def test_two_texts_of_one_name_are_published_together():
    def challenge(value, kind="dns-01"):
        return Challenge(
            kind=kind,
            domain="example.com",
            url="u",
            token="t",
            value=value,
            record_name="_acme-challenge.example.com",
        )

    proofs = [challenge("b"), challenge("a"), challenge("c", "http-01")]
    assert by_record(proofs) == [("_acme-challenge.example.com", ["a", "b"])]


def test_the_setting_names_who_is_asked():
    assert isinstance(make_resolver("none"), Trusting)
    assert isinstance(make_resolver("system"), Authoritative)
    assert isinstance(make_resolver("127.0.0.1:53, 192.0.2.7"), Servers)
    assert not Servers([("127.0.0.1", 1)]).sees("example.com", {"x"})
    with pytest.raises(SettingsError, match=r"ez\.certificates\.resolver"):
        load({KEY: "k" * 32, "ez.certificates.resolver": "dns.example"}, {})
