"""Imported bank statements and their lines; a line is one row for ever, by the bank's own reference."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ezcore.db.base import Base, PrimaryKey
from ezcore.db.types import JsonDocument, UtcDateTime
from ezcore.kernel.money import Money


class Match(StrEnum):
    """How a line fits what is owed."""

    EXACT = "exact"  # one invoice, the whole open balance
    PARTIAL = "partial"  # one invoice, less than is open
    OVER = "over"  # one invoice, more than is open: the rest becomes credit
    CLOSED = "closed"  # names an invoice that owes nothing: all of it would become credit
    UNKNOWN = "unknown"  # nothing of ours is named
    OUTGOING = "outgoing"  # money that left the account


class LineState(StrEnum):
    """What a person did about a line."""

    OPEN = "open"
    RECORDED = "recorded"
    IGNORED = "ignored"


class BankStatement(Base):
    """One uploaded file. `mapping` tells which column meant what."""

    __tablename__ = "bank_statement"

    id: Mapped[PrimaryKey]
    name: Mapped[str] = mapped_column(String(120))
    gateway: Mapped[str] = mapped_column(String(40))
    mapping: Mapped[dict[str, Any]] = mapped_column(JsonDocument, default=dict)
    rows: Mapped[int] = mapped_column(default=0)
    known_rows: Mapped[int] = mapped_column(default=0)
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    uploaded_by: Mapped[str] = mapped_column(String(120))


class BankLine(Base):
    """One booking. `bank_reference` is the bank's own id, or made of all that the line says."""

    __tablename__ = "bank_line"
    __table_args__ = (
        UniqueConstraint("gateway", "bank_reference"),
        Index("ix_bank_line_state", "state", "id"),
    )

    id: Mapped[PrimaryKey]
    statement_id: Mapped[int] = mapped_column(ForeignKey("bank_statement.id"), index=True)
    gateway: Mapped[str] = mapped_column(String(40))
    bank_reference: Mapped[str] = mapped_column(String(120))
    booked_on: Mapped[date] = mapped_column(Date)
    currency: Mapped[str] = mapped_column(String(3))
    amount_minor: Mapped[int]
    payer: Mapped[str] = mapped_column(String(200), default="")
    text: Mapped[str] = mapped_column(Text, default="")
    match: Mapped[str] = mapped_column(String(10))
    invoice_id: Mapped[int | None] = mapped_column(ForeignKey("invoice.id"))
    state: Mapped[str] = mapped_column(String(10), default=LineState.OPEN)
    transaction_id: Mapped[int | None] = mapped_column(ForeignKey("payment_transaction.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[str | None] = mapped_column(String(120))

    @property
    def amount(self) -> Money:
        """Positive when it came in."""
        return Money(self.amount_minor, self.currency)
