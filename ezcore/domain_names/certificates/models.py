"""Certificates as the books know them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ezcore.db.base import Base, PrimaryKey
from ezcore.db.types import JsonDocument, UtcDateTime


class CertificateState(StrEnum):
    """`pending` until the first one is issued; `revoked` and `ended` are for good."""

    PENDING = "pending"
    ACTIVE = "active"
    REVOKED = "revoked"
    ENDED = "ended"


class Certificate(Base):
    """The certificate of a service, the one that is valid now.

    `key_sealed` belongs to `chain_pem`; `next_key_sealed` is the key of the round that runs (`next_round` is its
    operation key), stored before it is used. With the client's own request (`own_csr`) there is no key here.
    `rounds` counts issues and names their jobs; `open_job_id` is the one that runs, `failures` those in a row.
    `installed` lists where it was put: service, host and serial.
    """

    __tablename__ = "certificate"
    __table_args__ = (Index("ix_certificate_renewal", "state", "renew_at"),)

    id: Mapped[PrimaryKey]
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), unique=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    names: Mapped[list[str]] = mapped_column(JsonDocument, default=list)
    authority: Mapped[str] = mapped_column(String(40))
    proof: Mapped[str] = mapped_column(String(10), default="auto")
    key_type: Mapped[str] = mapped_column(String(4), default="ec")
    state: Mapped[str] = mapped_column(String(10), default=CertificateState.PENDING)
    operation_key: Mapped[str] = mapped_column(String(160))
    own_csr: Mapped[str | None] = mapped_column(Text)
    key_sealed: Mapped[str | None] = mapped_column(Text)
    key_shown_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    next_key_sealed: Mapped[str | None] = mapped_column(Text)
    next_round: Mapped[str | None] = mapped_column(String(160))
    chain_pem: Mapped[str | None] = mapped_column(Text)
    serial: Mapped[str | None] = mapped_column(String(64))
    issuer: Mapped[str | None] = mapped_column(String(200))
    not_before: Mapped[datetime | None] = mapped_column(UtcDateTime)
    not_after: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    renew_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    rounds: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(default=0)
    open_job_id: Mapped[int | None]
    problem: Mapped[str | None] = mapped_column(Text)
    warned_serial: Mapped[str | None] = mapped_column(String(64))
    installed: Mapped[list[dict[str, Any]]] = mapped_column(JsonDocument, default=list)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def is_live(self) -> bool:
        """Is it renewed and watched?"""
        return self.state in (CertificateState.PENDING, CertificateState.ACTIVE)


def sealed_key(certificate_id: int) -> str:
    """The place that keys of this certificate are sealed for."""
    return f"certificate:{certificate_id}:key"
