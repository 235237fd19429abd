"""Verbs on certificates: note one, keep its key, take in what was issued, renew, show the key, end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ezcore.audit import operations as audit
from ezcore.db.once import insert_once
from ezcore.domain_names.certificates.events import CertificateExpires, CertificateIssued
from ezcore.domain_names.certificates.keys import make_key, make_request
from ezcore.domain_names.certificates.models import Certificate, CertificateState, sealed_key
from ezcore.domain_names.certificates.queries import of_service
from ezcore.domain_names.certificates.rules import next_try, renew_at
from ezcore.jobs import operations as jobs
from ezcore.jobs.models import Job
from ezcore.kernel.errors import NotFound, Refused
from ezcore.plugin_api.jobs import JobKind
from ezcore.plugin_api.ports.certificates import IssuedCertificate
from ezcore.work import UnitOfWork


def note(uow: UnitOfWork, values: dict[str, Any]) -> Certificate:
    """The row of a service's certificate, made once; until one is issued a new job may ask for other names."""
    insert_once(uow.session, Certificate, {"created_at": uow.now(), **values})
    found = of_service(uow, values["service_id"])
    assert found is not None
    if found.serial is None:
        for name, value in values.items():
            setattr(found, name, value)
    return found


def keep_key(uow: UnitOfWork, row: Certificate, round_key: str) -> str:
    """The request of this round. Its key is made once and sealed before anybody hears of it."""
    if row.own_csr:
        return row.own_csr
    if row.next_round != round_key or row.next_key_sealed is None:
        row.next_key_sealed = uow.box.seal(sealed_key(row.id), make_key(row.key_type))
        row.next_round = round_key
    return make_request(uow.box.open(sealed_key(row.id), row.next_key_sealed), row.names)


def take_in(uow: UnitOfWork, row: Certificate, issued: IssuedCertificate) -> None:
    """What was issued becomes the certificate, its key the key. Safe to repeat. Emits: CertificateIssued."""
    if row.serial == issued.serial:
        return
    renewal = row.serial is not None
    jobs.settle_question(uow, _question(row), "renewed")
    if row.next_key_sealed is not None:
        row.key_sealed, row.next_key_sealed, row.next_round = row.next_key_sealed, None, None
        row.key_shown_at = None
    row.chain_pem, row.serial, row.issuer = issued.chain_pem, issued.serial, issued.issuer[:200]
    row.not_before, row.not_after = issued.not_before, issued.not_after
    row.renew_at = renew_at(issued.not_before, issued.not_after, row.id)
    row.state, row.problem, row.failures = CertificateState.ACTIVE, None, 0
    uow.emit(
        CertificateIssued(row.id, row.service_id, row.client_id, issued.serial, issued.not_after, renewal)
    )


def note_installed(row: Certificate, where: Sequence[dict[str, Any]]) -> None:
    """It is served there now; the round is over."""
    row.installed, row.open_job_id = list(where), None


def renew(uow: UnitOfWork, row: Certificate, kind: JobKind, reason: str) -> Job:
    """Begin a new round: another key, another order.

    Raises: NotAllowed; NotFound for another client's; Refused while one runs, or for one that has ended.
    """
    _allowed(uow, row)
    uow.session.refresh(row, with_for_update=True)
    if row.state != CertificateState.ACTIVE:
        raise Refused(f"the certificate is {row.state}; only an issued one can be renewed")
    if row.open_job_id is not None:
        raise Refused("a new certificate is being issued already")
    row.rounds += 1
    job = jobs.enqueue(
        uow,
        kind,
        f"certificate-{row.id}-{row.rounds}",
        {"certificate_id": row.id, "reason": reason},
        subject=("service", row.service_id),
        client_id=row.client_id,
        provider=f"authority:{row.authority}",
    )
    row.open_job_id = job.id
    audit.record(uow, "certificate.renew", "certificate", row.id, client_id=row.client_id, reason=reason)
    return job


def failed(uow: UnitOfWork, row: Certificate, cause: str) -> None:
    """A renewal was given up: the certificate that is there stays, and the next try waits."""
    row.open_job_id = None
    row.failures += 1
    row.problem = cause[:2000]
    row.renew_at = next_try(uow.now(), row.failures)


def warn(uow: UnitOfWork, row: Certificate) -> None:
    """It expires soon and is not renewed: the client hears, a person is asked. Emits: CertificateExpires."""
    assert row.not_after is not None
    row.warned_serial = row.serial
    cause = row.problem or "its renewal has not come to an end"
    title = f"Certificate of {row.names[0]} expires on {row.not_after:%Y-%m-%d}"
    jobs.ask_staff(uow, _question(row), title, cause, row.client_id)
    uow.emit(CertificateExpires(row.id, row.service_id, row.client_id, row.not_after))


def show_key(uow: UnitOfWork, row: Certificate) -> str:
    """The private key, once for each certificate; that it was shown is kept. Raises: NotAllowed, NotFound, Refused."""
    _allowed(uow, row)
    uow.session.refresh(row, with_for_update=True)
    if row.key_sealed is None:
        raise Refused("there is no key here: the certificate was issued for your own request")
    if row.key_shown_at is not None:
        raise Refused("the key was shown once already; issue a new certificate to get another one")
    row.key_shown_at = uow.now()
    audit.record(uow, "certificate.show_key", "certificate", row.id, client_id=row.client_id)
    return uow.box.open(sealed_key(row.id), row.key_sealed)


def end(uow: UnitOfWork, row: Certificate, *, revoked: bool) -> None:
    """Its service is over: it is neither renewed nor watched any more, and its keys are thrown away."""
    row.state = CertificateState.REVOKED if revoked else CertificateState.ENDED
    row.ended_at = row.ended_at or uow.now()
    row.key_sealed = row.next_key_sealed = row.next_round = row.renew_at = row.open_job_id = None
    jobs.settle_question(uow, _question(row), "the service has ended")


def _allowed(uow: UnitOfWork, row: Certificate) -> None:
    own = uow.actor.kind == "client"
    uow.actor.require("client.services" if own else "services.manage")
    if own and row.client_id != uow.actor.client_id:
        raise NotFound("there is no such certificate")


def _question(row: Certificate) -> str:
    return f"certificate:{row.id}:{row.serial}"
