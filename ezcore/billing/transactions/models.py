"""Transactions: our intent first (with our own reference), the gateway's answer later."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ezcore.db.base import Base, PrimaryKey
from ezcore.db.types import UtcDateTime
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
