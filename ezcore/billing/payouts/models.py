"""Payouts: money on its way from a gateway to our bank account."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Date, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ezcore.db.base import Base, PrimaryKey
from ezcore.db.types import UtcDateTime
from ezcore.kernel.money import Money


class PayoutStatus(StrEnum):
    """A payout that failed came back, also when it was paid before."""

    PENDING = "pending"
    PAID = "paid"
    FAILED = "failed"


class Payout(Base):
    """What a gateway sent. `posted` tells whether the books count it as arrived."""

    __tablename__ = "payout"
    __table_args__ = (UniqueConstraint("gateway", "external_id"),)

    id: Mapped[PrimaryKey]
    gateway: Mapped[str] = mapped_column(String(40))
    external_id: Mapped[str] = mapped_column(String(120))
    currency: Mapped[str] = mapped_column(String(3))
    amount_minor: Mapped[int]
    status: Mapped[str] = mapped_column(String(10))
    arrives_on: Mapped[date | None] = mapped_column(Date)
    reason: Mapped[str | None] = mapped_column(Text)
    posted: Mapped[bool] = mapped_column(default=False)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def amount(self) -> Money:
        """What was sent."""
        return Money(self.amount_minor, self.currency)
