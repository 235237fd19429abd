"""Refunds: how much of a payment goes back, where to, and what it took off which invoice."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ezcore.db.base import Base, PrimaryKey
from ezcore.db.types import JsonDocument, UtcDateTime
from ezcore.kernel.money import Money


class RefundTo(StrEnum):
    """Where the money goes."""

    GATEWAY = "gateway"  # back to the card or account it came from
    CREDIT = "credit"  # stays with us, as the client's credit
    MANUAL = "manual"  # staff sent it themselves and say how


class RefundStatus(StrEnum):
    """A refund that failed is over; the money is the client's credit then."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class Refund(Base):
    """A part of a payment given back. `reference` is our operation key at the gateway.

    `parts` tells what it was taken from, in order: ``{"from": "credit" | "note" | "invoice", "minor": n, ...}``.
    `noted_minor` is what its credit notes put on the client's credit, which is where the money was taken from.
    """

    __tablename__ = "refund"
    __table_args__ = (
        UniqueConstraint("gateway", "external_id"),
        CheckConstraint("amount_minor > 0", name="more_than_nothing"),
    )

    id: Mapped[PrimaryKey]
    reference: Mapped[str] = mapped_column(String(80), unique=True)
    transaction_id: Mapped[int] = mapped_column(ForeignKey("payment_transaction.id"), index=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    gateway: Mapped[str] = mapped_column(String(40))
    currency: Mapped[str] = mapped_column(String(3))
    amount_minor: Mapped[int]
    to: Mapped[str] = mapped_column("destination", String(10))
    status: Mapped[str] = mapped_column(String(10), default=RefundStatus.PENDING)
    external_id: Mapped[str | None] = mapped_column(String(120))
    credit_note_id: Mapped[int | None] = mapped_column(ForeignKey("credit_note.id"))
    noted_minor: Mapped[int] = mapped_column(default=0)
    parts: Mapped[list[dict[str, Any]]] = mapped_column(JsonDocument, default=list)
    reason: Mapped[str] = mapped_column(Text)
    failure: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def amount(self) -> Money:
        """What goes back, positive."""
        return Money(self.amount_minor, self.currency)
