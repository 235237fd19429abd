"""Certificates are installed with the key gone from /tmp afterwards; proofs lie under the document root only."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from ez_hestiacp.certificates import HestiaTarget
from ez_hestiacp.pem import serial_of, split_chain

from ezcore.plugin_api import NeedsInfo, OutcomeUnknown, PermanentFailure
from ezcore.plugin_api.ports.vendor_call import VendorCall

PATH = "/.well-known/acme-challenge/tok-en_1"


def chain(name: str = "shop.example", serial: int = 0xABC123) -> tuple[str, str]:
    """A key and a chain of two."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
    )
    start = datetime(2026, 1, 1, tzinfo=UTC)
    builder = builder.not_valid_before(start).not_valid_after(start + timedelta(days=90))
    blocks = [
        builder.serial_number(number)
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
        .decode()
        for number in (serial, serial + 1)
    ]
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return pem.decode(), "".join(blocks)


@pytest.fixture
def lines():
    return []


@pytest.fixture
def call(lines):
    return VendorCall("cert-1", "cert-1/install", lambda *line: lines.append(str(line)))


@pytest.fixture
def target(house):
    return HestiaTarget(house.module.workshop)


def files(house):
    return {file["path"]: file["text"] for file in house.app.store.all("file")}


def test_a_certificate_is_installed_once_and_can_be_read_back(house, target, call, lines):
    made, (key, pem) = house.created(), chain()
    assert target.installed_serial(house.server, made, "shop.example") is None
    target.install(call, house.server, made, "shop.example", key, pem)
    target.install(call, house.server, made, "www.shop.example", key, pem)
    assert target.installed_serial(house.server, made, "shop.example") == "abc123"
    assert len(house.calls("v-add-web-domain-ssl")) == 1
    assert house.calls("v-update-web-domain-ssl") == []
    assert "PRIVATE KEY" not in "".join([*files(house).values(), *lines, str(house.app.calls.all())])


def test_a_newer_one_takes_its_place(house, target, call):
    made = house.created()
    target.install(call, house.server, made, "shop.example", *chain(serial=5))
    target.install(call, house.server, made, "shop.example", *chain(serial=6))
    assert target.installed_serial(house.server, made, "shop.example") == "6"
    assert len(house.calls("v-update-web-domain-ssl")) == 1


def test_a_lost_answer_is_looked_at_and_leaves_no_key_behind(house, target, call):
    made, (key, pem) = house.created(), chain()
    house.fault("v-add-web-domain-ssl", "lose_answer")
    with pytest.raises(OutcomeUnknown):
        target.install(call, house.server, made, "shop.example", key, pem)
    assert "PRIVATE KEY" not in "".join(files(house).values())
    target.install(call, house.server, made, "shop.example", key, pem)
    assert len(house.calls("v-add-web-domain-ssl")) == 1


def test_a_key_that_could_not_be_wiped_is_wiped_by_the_next_try(house, target, call):
    made, (key, pem) = house.created(), chain()
    house.fault("v-make-tmp-file", "lose_request", times=3, after=3)
    with pytest.raises(OutcomeUnknown):
        target.install(call, house.server, made, "shop.example", key, pem)
    assert "PRIVATE KEY" in "".join(files(house).values())
    target.install(replace(call, attempt=2), house.server, made, "shop.example", key, pem)
    assert "PRIVATE KEY" not in "".join(files(house).values())
    assert len(house.calls("v-add-web-domain-ssl")) == 1


def test_a_host_of_somebody_else_and_a_strangers_account_are_refused(house, target, call):
    made, (key, pem) = house.created(), chain()
    with pytest.raises(PermanentFailure, match="no website"):
        target.install(call, house.server, made, "other.example", key, pem)
    with pytest.raises(NeedsInfo, match="not in our books"):
        target.install(call, house.server, house.stranger(), "shop.example", key, pem)
    assert house.calls("v-make-tmp-file") == []


def test_a_proof_is_published_and_withdrawn_and_may_be_repeated(house, target, call):
    made = house.created()
    where = f"/home/{made.external_id}/web/shop.example/public_html{PATH}"
    for _ in range(2):
        target.publish_proof(call, house.server, made, "shop.example", PATH, "tok-en_1.thumb")
    assert files(house)[where].strip() == "tok-en_1.thumb"
    for _ in range(2):
        target.withdraw_proof(call, house.server, made, "shop.example", PATH)
    assert where not in files(house)


@pytest.mark.parametrize(
    "path", ["/index.php", "/.well-known/acme-challenge/../../x", "/.well-known/acme-challenge/", "x"]
)
def test_a_proof_lies_nowhere_else(house, target, call, path):
    made = house.created()
    with pytest.raises(PermanentFailure, match="nowhere else"):
        target.publish_proof(call, house.server, made, "shop.example", path, "v")
    assert files(house) == {}


@pytest.mark.parametrize("serial", [1, 0x7F, 0x80, 2**64, 2**159 - 2])
def test_serials_are_read_as_the_library_reads_them(serial):
    pem = chain(serial=serial)[1]
    assert serial_of(pem) == f"{x509.load_pem_x509_certificate(split_chain(pem)[0].encode()).serial_number:x}"


@pytest.mark.parametrize(
    "text", ["", "nonsense", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "x" * 5000]
)
def test_what_is_no_certificate_is_refused(text):
    with pytest.raises(ValueError):
        serial_of(text)
