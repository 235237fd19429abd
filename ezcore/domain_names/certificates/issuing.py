"""One round of issuing, step by step: the same for a first certificate and for a renewal.

Every step looks before it acts, so each may run twice; no transaction is open while a vendor is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from ezcore.domain_names.certificates import operations, proofs
from ezcore.domain_names.certificates.models import Certificate, sealed_key
from ezcore.domain_names.certificates.places import Place, known_places
from ezcore.domain_names.certificates.queries import by_id
from ezcore.domain_names.certificates.resolver import make_resolver
from ezcore.domain_names.certificates.rules import has_wildcard
from ezcore.domain_names.zones import live
from ezcore.plugin_api.errors import NeedsInfo, PermanentFailure, RetryAfter, StillRunning
from ezcore.plugin_api.ports.certificates import (
    CertificateAuthority,
    CertificateOrder,
    ChallengeKind,
    IssuedCertificate,
)
from ezcore.plugin_api.ports.vendor_call import VendorCall
from ezcore.plugin_api.protocols import Ports
from ezcore.work import Work

LOOK_AGAIN: Final = 15.0
POLL: Final = 5.0
VISIBLE_WITHIN: Final = timedelta(hours=6)
Run = Callable[["Round"], Any]


@dataclass(frozen=True)
class Round:
    """What a step of a round may use; made of whatever call the engine hands over."""

    work: Work
    ports: Ports
    certificate_id: int
    vendor: VendorCall
    results: Mapping[str, Any]

    @property
    def certificate(self) -> Certificate:
        """The row as it is now, read in a transaction that is over."""
        with self.work.read() as uow:
            row = by_id(uow, self.certificate_id)
            uow.session.expunge(row)
            return row

    @property
    def order(self) -> CertificateOrder:
        """The order of this round."""
        return CertificateOrder.model_validate(self.results["order"])

    def authority(self, row: Certificate) -> CertificateAuthority:
        """Who issues. Raises: LookupError when its plugin is missing: the job waits."""
        return self.ports.get(CertificateAuthority, row.authority)  # type: ignore[type-abstract]

    def places(self, row: Certificate) -> Sequence[Place]:
        """Sites that the certificate's names stand for."""
        return known_places(self.ports, row.client_id, row.names)


def key(one: Round) -> dict[str, str]:
    """Make the key and keep it before it is used; the request is what the authority gets."""
    with one.work.write() as uow:
        row = by_id(uow, one.certificate_id)
        return {"csr": operations.keep_key(uow, row, one.vendor.operation_key)}


def order(one: Round) -> CertificateOrder:
    """Open the order, or find the one of this round."""
    row = one.certificate
    return one.authority(row).order(one.vendor, row.names, _proof(one, row))


def publish(one: Round) -> None:
    """Publish every proof."""
    row = one.certificate
    proofs.publish(one.work, one.ports, one.vendor, one.order.challenges, one.places(row))


def withdraw(one: Round) -> None:
    """Take the proofs away, also when the round failed."""
    if "order" not in one.results or not one.order.challenges:
        return
    row = one.certificate
    proofs.withdraw(one.work, one.ports, one.vendor, one.order.challenges, one.places(row))


def visible(one: Round) -> None:
    """Wait until the proofs are seen in the DNS."""
    name = proofs.missing(make_resolver(one.work.settings.certificates.resolver), one.order.challenges)
    if name is not None:
        raise StillRunning(LOOK_AGAIN, name, f"the record {name} is not visible everywhere yet")


def answer(one: Round) -> CertificateOrder:
    """Ask the authority to look, once."""
    return one.authority(one.certificate).answer(one.vendor, one.order)


def believed(one: Round) -> CertificateOrder:
    """Wait for what the authority makes of it. Raises: PermanentFailure with the authority's sentence."""
    found = one.authority(one.certificate).check(one.vendor, one.order)
    if found.status == "pending":
        raise StillRunning(POLL, found.url, "the authority is looking at the proofs")
    if found.status == "invalid":
        raise PermanentFailure(f"the authority does not believe us: {found.error}")
    return found


def issue(one: Round) -> IssuedCertificate:
    """Hand in the request and fetch the chain."""
    return one.authority(one.certificate).finish(one.vendor, one.order, one.results["key"]["csr"])


def take_in(one: Round) -> None:
    """It is the certificate now."""
    with one.work.write() as uow:
        row = uow.session.get_one(Certificate, one.certificate_id, with_for_update=True)
        operations.take_in(uow, row, IssuedCertificate.model_validate(one.results["issue"]))


def install(one: Round) -> dict[str, list[dict[str, Any]]]:
    """Serve every site of the client that it covers with it; without a key of ours there is nothing to install."""
    row = one.certificate
    if row.key_sealed is None or row.chain_pem is None:
        return {"installed": []}
    key_pem = one.work.box.open(sealed_key(row.id), row.key_sealed)
    done = []
    for place in one.places(row):
        place.target.install(one.vendor, place.server, place.resource, place.host, key_pem, row.chain_pem)
        done.append({"service_id": place.service_id, "host": place.host, "serial": row.serial})
    return {"installed": done}


def verify(one: Round) -> None:
    """Read back what is served, and close the round."""
    row = one.certificate
    wanted = {(entry["service_id"], entry["host"]) for entry in one.results["install"]["installed"]}
    for place in one.places(row):
        if (place.service_id, place.host) not in wanted:
            continue
        serial = place.target.installed_serial(place.server, place.resource, place.host)
        if serial is None or serial.lower().lstrip("0") != (row.serial or "").lstrip("0"):
            raise RetryAfter(LOOK_AGAIN, f"{place.host} does not serve the new certificate yet")
    with one.work.write() as uow:
        operations.note_installed(by_id(uow, one.certificate_id), one.results["install"]["installed"])


def _proof(one: Round, row: Certificate) -> ChallengeKind:
    """How names are proved: as the product says, else by DNS where the zone is within reach, else by HTTP."""
    if row.proof in ("dns-01", "http-01"):
        return "http-01" if row.proof == "http-01" and not has_wildcard(row.names) else "dns-01"
    try:
        for name in row.names:
            live.find(one.work, one.ports, name.removeprefix("*."))
    except NeedsInfo:
        hosts = {place.host for place in one.places(row)}
        if set(row.names) <= hosts:
            return "http-01"
        raise
    return "dns-01"


@dataclass(frozen=True)
class Stage:
    """A step of a round by name and title, with its undo and how long it may take altogether."""

    name: str
    title: str
    run: Run
    undo: Run | None = None
    deadline: timedelta = timedelta(hours=1)


STAGES: Final = (
    Stage("key", "Make the key", key),
    Stage("order", "Order at the authority", order),
    Stage("publish", "Publish the proofs", publish, undo=withdraw),
    Stage("visible", "Wait until they are visible", visible, deadline=VISIBLE_WITHIN),
    Stage("answer", "Ask the authority to look", answer),
    Stage("believed", "Wait for the authority", believed, deadline=timedelta(hours=2)),
    Stage("issue", "Fetch the certificate", issue, deadline=timedelta(hours=12)),
    Stage("withdraw", "Remove the proofs", withdraw),
    Stage("take_in", "Keep the certificate", take_in),
    Stage("install", "Install it on your site", install),
    Stage("verify", "Check that it is served", verify),
)
