"""Reads of certificates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from ezcore.domain_names.certificates.models import Certificate, CertificateState
from ezcore.domain_names.certificates.rules import WARN_BEFORE
from ezcore.kernel.errors import NotFound
from ezcore.work import UnitOfWork


def by_id(uow: UnitOfWork, certificate_id: int, client_id: int | None = None) -> Certificate:
    """A certificate, of this client when given. Raises: NotFound (also for another client's)."""
    query = select(Certificate).where(Certificate.id == certificate_id)
    if client_id is not None:
        query = query.where(Certificate.client_id == client_id)
    found = uow.session.scalars(query).first()
    if found is None:
        raise NotFound("there is no such certificate")
    return found


def of_service(uow: UnitOfWork, service_id: int) -> Certificate | None:
    """The certificate of a service."""
    return uow.session.scalars(select(Certificate).where(Certificate.service_id == service_id)).first()


def by_operation(uow: UnitOfWork, operation_key: str) -> Certificate | None:
    """The certificate that this job made."""
    return uow.session.scalars(select(Certificate).where(Certificate.operation_key == operation_key)).first()


def of_client(uow: UnitOfWork, client_id: int) -> Sequence[Certificate]:
    """Those of a client, the next to expire first."""
    query = select(Certificate).where(Certificate.client_id == client_id)
    return uow.session.scalars(query.order_by(Certificate.not_after, Certificate.id)).all()


def by_expiry(uow: UnitOfWork, *, limit: int = 50, offset: int = 0) -> Sequence[Certificate]:
    """Live ones of everybody, the next to expire first."""
    query = select(Certificate).where(
        Certificate.state.in_([CertificateState.PENDING, CertificateState.ACTIVE])
    )
    query = query.order_by(Certificate.not_after, Certificate.id).limit(limit).offset(offset)
    return uow.session.scalars(query).all()


def to_renew(uow: UnitOfWork, now: datetime, limit: int) -> Sequence[int]:
    """Ids of those whose time has come and that nobody renews at the moment."""
    query = select(Certificate.id).where(
        Certificate.state == CertificateState.ACTIVE,
        Certificate.renew_at <= now,
        Certificate.open_job_id.is_(None),
    )
    return uow.session.scalars(query.order_by(Certificate.not_after).limit(limit)).all()


def to_warn(uow: UnitOfWork, now: datetime, limit: int) -> Sequence[int]:
    """Ids of those that expire soon and of which nobody has been told."""
    query = select(Certificate.id).where(
        Certificate.state == CertificateState.ACTIVE,
        Certificate.not_after <= now + WARN_BEFORE,
        (Certificate.warned_serial.is_(None)) | (Certificate.warned_serial != Certificate.serial),
    )
    return uow.session.scalars(query.order_by(Certificate.not_after).limit(limit)).all()
