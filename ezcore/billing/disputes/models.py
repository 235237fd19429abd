"""Disputes: what the gateway last said of each, and what our books hold for it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ezcore.db.base import Base, PrimaryKey
from ezcore.db.types import JsonDocument, UtcDateTime
from ezcore.kernel.money import Money


class DisputeStatus(StrEnum):
    """As the bank's procedure goes; the last two end it."""

    INQUIRY = "inquiry"
    NEEDS_RESPONSE = "needs_response"
    UNDER_REVIEW = "under_review"
    LOST = "lost"
    WON = "won"


class Dispute(Base):
    """One dispute of one payment.

    `amount`, `withdrawn`, `fee`, `status` are what was said. The rest is what the books hold now, in the payment's
    currency: `held_minor` left our account, of which `taken` names what was taken back from invoices,
    `credit_minor` came from the client's credit, and the remainder is covered by nobody (`lost_minor`: given up).
    `moves` counts the journals.
    """

    __tablename__ = "dispute"
    __table_args__ = (
        UniqueConstraint("gateway", "external_id"),
        CheckConstraint("held_minor >= 0 AND credit_minor >= 0 AND lost_minor >= 0", name="not_negative"),
    )

    id: Mapped[PrimaryKey]
    gateway: Mapped[str] = mapped_column(String(40))
    external_id: Mapped[str] = mapped_column(String(120))
    transaction_id: Mapped[int] = mapped_column(ForeignKey("payment_transaction.id"), index=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    status: Mapped[str] = mapped_column(String(20))
    currency: Mapped[str] = mapped_column(String(3))
    amount_minor: Mapped[int]
    withdrawn_minor: Mapped[int] = mapped_column(default=0)
    withdrawn_currency: Mapped[str] = mapped_column(String(3))
    fee_minor: Mapped[int] = mapped_column(default=0)
    fee_currency: Mapped[str] = mapped_column(String(3))
    reason: Mapped[str] = mapped_column(Text, default="")
    answer_by: Mapped[datetime | None] = mapped_column(UtcDateTime)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    held_minor: Mapped[int] = mapped_column(default=0)
    credit_minor: Mapped[int] = mapped_column(default=0)
    lost_minor: Mapped[int] = mapped_column(default=0)
    fee_held_minor: Mapped[int] = mapped_column(default=0)
    taken: Mapped[list[dict[str, Any]]] = mapped_column(JsonDocument, default=list)
    moves: Mapped[int] = mapped_column(default=0)

    @property
    def amount(self) -> Money:
        """What is disputed."""
        return Money(self.amount_minor, self.currency)

    @property
    def withdrawn(self) -> Money:
        """What the gateway took from our balance, as it said last."""
        return Money(self.withdrawn_minor, self.withdrawn_currency)

    @property
    def fee(self) -> Money:
        """What the gateway keeps for the trouble, as it said last."""
        return Money(self.fee_minor, self.fee_currency)

    @property
    def is_open(self) -> bool:
        """Not decided yet."""
        return self.status not in (DisputeStatus.WON, DisputeStatus.LOST)
