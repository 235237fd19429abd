"""Transactions: our intent first (with our own reference), the gateway's answer later."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ezcore.db.base import Base, PrimaryKey
from ezcore.db.types import JsonDocument, UtcDateTime
from ezcore.kernel.money import Money


class TransactionStatus(StrEnum):
    """What we know of a payment."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    DECLINED = "declined"
    EXPIRED = "expired"


class Transaction(Base):
    """One try to move money for an invoice. `reference` is our operation key; the gateway's own id is unique."""

    __tablename__ = "payment_transaction"
    __table_args__ = (
        UniqueConstraint("gateway", "external_id"),
        Index("ix_transaction_open", "status", "created_at"),
        # Guards I08 where no code can forget it.
        CheckConstraint("refunded_minor >= 0 AND refunded_minor <= received_minor", name="refunded_within"),
        CheckConstraint("disputed_minor >= 0", name="disputed_not_negative"),
    )

    id: Mapped[PrimaryKey]
    reference: Mapped[str] = mapped_column(String(80), unique=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"), index=True)
    gateway: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(10))
    status: Mapped[str] = mapped_column(String(10), default=TransactionStatus.PENDING)
    currency: Mapped[str] = mapped_column(String(3))
    amount_minor: Mapped[int]
    received_minor: Mapped[int] = mapped_column(default=0)
    fee_minor: Mapped[int] = mapped_column(default=0)
    refunded_minor: Mapped[int] = mapped_column(default=0, server_default="0")
    disputed_minor: Mapped[int] = mapped_column(default=0, server_default="0")
    external_id: Mapped[str | None] = mapped_column(String(120))
    checkout_id: Mapped[str | None] = mapped_column(String(200))
    checkout_url: Mapped[str | None] = mapped_column(Text)
    instructions: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def amount(self) -> Money:
        """What we asked for."""
        return Money(self.amount_minor, self.currency)

    @property
    def received(self) -> Money:
        """What really came."""
        return Money(self.received_minor, self.currency)


class TransactionTarget(Base):
    """One of several invoices that a transaction pays together, and what was open of it when it was asked for.

    A transaction for one invoice has no rows here. The money settles them in the order of their due dates.
    """

    __tablename__ = "transaction_target"

    transaction_id: Mapped[int] = mapped_column(
        ForeignKey("payment_transaction.id"), primary_key=True, autoincrement=False
    )
    invoice_id: Mapped[int] = mapped_column(
        ForeignKey("invoice.id"), primary_key=True, autoincrement=False, index=True
    )
    amount_minor: Mapped[int]


class UnmatchedFact(Base):
    """What a gateway said about something that is not known here yet; applied by itself when it comes.

    `key` names what is missing (``payment:pi_1``); `digest` keeps the same word from being stored twice.
    """

    __tablename__ = "unmatched_fact"
    __table_args__ = (Index("ix_unmatched_fact_key", "source", "key"),)

    id: Mapped[PrimaryKey]
    source: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    fact: Mapped[dict[str, Any]] = mapped_column(JsonDocument)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    applied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
