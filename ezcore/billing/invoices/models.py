"""Invoices and their lines; immutable once issued."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ezcore.db.base import Base, PrimaryKey
from ezcore.db.types import JsonDocument, UtcDateTime
from ezcore.kernel.money import Money


class InvoiceStatus(StrEnum):
    """Stored states; whether an unpaid invoice is overdue follows from the date."""

    DRAFT = "draft"
    UNPAID = "unpaid"
    PAID = "paid"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"


class InvoiceSeries(Base):
    """Counter row of gapless numbers; taken by UPDATE ... RETURNING, last in the transaction."""

    __tablename__ = "invoice_series"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    last_number: Mapped[int] = mapped_column(default=0)


class Invoice(Base):
    """What a client owes. Amounts in `currency`; `buyer` and `seller` are copies made at issue."""

    __tablename__ = "invoice"
    __table_args__ = (
        Index("ix_invoice_unpaid", "status", "due_on"),
        CheckConstraint("paid_minor >= 0 AND paid_minor <= total_minor", name="paid_within_total"),
        CheckConstraint("status != 'paid' OR paid_minor = total_minor", name="paid_in_full"),
    )

    id: Mapped[PrimaryKey]
    number: Mapped[str | None] = mapped_column(String(40), unique=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    status: Mapped[str] = mapped_column(String(10), default=InvoiceStatus.DRAFT)
    currency: Mapped[str] = mapped_column(String(3))
    total_minor: Mapped[int] = mapped_column(default=0)
    paid_minor: Mapped[int] = mapped_column(default=0)
    issued_on: Mapped[date | None] = mapped_column(Date)
    due_on: Mapped[date] = mapped_column(Date)
    paid_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    buyer: Mapped[dict[str, Any]] = mapped_column(JsonDocument, default=dict)
    seller: Mapped[dict[str, Any]] = mapped_column(JsonDocument, default=dict)
    notes: Mapped[list[dict[str, str]]] = mapped_column(JsonDocument, default=list)
    content_hash: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lines: Mapped[list[InvoiceLine]] = relationship(order_by="InvoiceLine.position", back_populates="invoice")

    @property
    def total(self) -> Money:
        """Sum of the lines."""
        return Money(self.total_minor, self.currency)

    @property
    def paid(self) -> Money:
        """Money applied so far."""
        return Money(self.paid_minor, self.currency)

    @property
    def balance_due(self) -> Money:
        """What is still open."""
        return self.total - self.paid

    def is_overdue(self, on: date) -> bool:
        """Unpaid and past its due date."""
        return self.status == InvoiceStatus.UNPAID and self.due_on < on


class InvoiceLine(Base):
    """One line; a line of a period carries a unique key, so no period of a service is billed twice."""

    __tablename__ = "invoice_line"

    id: Mapped[PrimaryKey]
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"), index=True)
    position: Mapped[int]
    description: Mapped[str] = mapped_column(String(200))
    detail: Mapped[str] = mapped_column(Text, default="")
    quantity: Mapped[int] = mapped_column(default=1)
    unit_minor: Mapped[int]
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    service_id: Mapped[int | None] = mapped_column(index=True)
    period_start: Mapped[date | None] = mapped_column(Date)
    period_end: Mapped[date | None] = mapped_column(Date)
    period_key: Mapped[str | None] = mapped_column(String(60), unique=True)
    invoice: Mapped[Invoice] = relationship(back_populates="lines")

    @property
    def amount(self) -> Money:
        """Quantity times unit price."""
        return Money(self.amount_minor, self.currency)

    @property
    def unit(self) -> Money:
        """Unit price."""
        return Money(self.unit_minor, self.currency)
