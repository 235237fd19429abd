"""Credit notes with lines and taxes that mirror the invoice; amounts are positive, immutable from the start."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ezcore.db.base import Base, PrimaryKey
from ezcore.db.types import JsonDocument, UtcDateTime
from ezcore.kernel.money import Money


class CreditNote(Base):
    """Takes back a part of an invoice.

    total = net + tax = applied (to the open balance) + to_credit (to the client's credit).
    """

    __tablename__ = "credit_note"
    __table_args__ = (
        Index("ux_credit_note_sequence", "series", "sequence", unique=True),
        CheckConstraint("total_minor = net_minor + tax_minor", name="adds_up"),
        CheckConstraint("total_minor = applied_minor + to_credit_minor", name="goes_somewhere"),
        CheckConstraint("total_minor > 0 AND applied_minor >= 0 AND to_credit_minor >= 0", name="positive"),
    )

    id: Mapped[PrimaryKey]
    number: Mapped[str] = mapped_column(String(40), unique=True)
    series: Mapped[str] = mapped_column(String(40))
    sequence: Mapped[int]
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"), index=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    currency: Mapped[str] = mapped_column(String(3))
    net_minor: Mapped[int]
    tax_minor: Mapped[int]
    total_minor: Mapped[int]
    applied_minor: Mapped[int]
    to_credit_minor: Mapped[int]
    issued_on: Mapped[date] = mapped_column(Date)
    tax_treatment: Mapped[str] = mapped_column(String(20))
    tax_note: Mapped[str] = mapped_column(String(200), default="")
    reason: Mapped[str] = mapped_column(Text)
    buyer: Mapped[dict[str, Any]] = mapped_column(JsonDocument, default=dict)
    seller: Mapped[dict[str, Any]] = mapped_column(JsonDocument, default=dict)
    content_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lines: Mapped[list[CreditNoteLine]] = relationship(order_by="CreditNoteLine.position")
    taxes: Mapped[list[CreditNoteTax]] = relationship(order_by="CreditNoteTax.position")

    @property
    def total(self) -> Money:
        """Net and tax, positive."""
        return Money(self.total_minor, self.currency)

    @property
    def net(self) -> Money:
        """Tax left out."""
        return Money(self.net_minor, self.currency)

    @property
    def applied(self) -> Money:
        """What came off the open balance."""
        return Money(self.applied_minor, self.currency)

    @property
    def to_credit(self) -> Money:
        """What became the client's credit."""
        return Money(self.to_credit_minor, self.currency)


class CreditNoteLine(Base):
    """A line taken back; `invoice_line_id` is the line it mirrors. Net, positive."""

    __tablename__ = "credit_note_line"

    id: Mapped[PrimaryKey]
    credit_note_id: Mapped[int] = mapped_column(ForeignKey("credit_note.id"), index=True)
    invoice_line_id: Mapped[int | None] = mapped_column(ForeignKey("invoice_line.id"), index=True)
    position: Mapped[int]
    description: Mapped[str] = mapped_column(String(200))
    amount_minor: Mapped[int]
    tax_minor: Mapped[int] = mapped_column(default=0)
    tax_class: Mapped[str] = mapped_column(String(40))
    currency: Mapped[str] = mapped_column(String(3))

    @property
    def amount(self) -> Money:
        """Net."""
        return Money(self.amount_minor, self.currency)


class CreditNoteTax(Base):
    """A tax taken back; the columns mean the same as on `invoice_tax`."""

    __tablename__ = "credit_note_tax"

    id: Mapped[PrimaryKey]
    credit_note_id: Mapped[int] = mapped_column(ForeignKey("credit_note.id"), index=True)
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(80))
    rate_ppm: Mapped[int]
    level: Mapped[int] = mapped_column(default=1)
    compound: Mapped[bool] = mapped_column(default=False)
    category: Mapped[str] = mapped_column(String(4), default="S")
    currency: Mapped[str] = mapped_column(String(3))
    base_minor: Mapped[int]
    tax_minor: Mapped[int]
    rule_id: Mapped[int | None]

    @property
    def base(self) -> Money:
        """What the tax was computed on."""
        return Money(self.base_minor, self.currency)

    @property
    def tax(self) -> Money:
        """The tax."""
        return Money(self.tax_minor, self.currency)
