"""Invoices, their lines and taxes, and what was applied to them; immutable once issued."""

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


class InvoiceKind(StrEnum):
    """What the document is. A proforma asks for money and becomes an invoice when it is paid."""

    INVOICE = "invoice"
    PROFORMA = "proforma"
    DEBIT_NOTE = "debit_note"


class Source(StrEnum):
    """Where an allocation comes from."""

    PAYMENT = "payment"
    CREDIT = "credit"
    CREDIT_NOTE = "credit_note"
    WRITE_OFF = "write_off"


class InvoiceSeries(Base):
    """Counter row of gapless numbers; taken by UPDATE ... RETURNING, last in the transaction.

    `invoice`, `credit_note` ..., or `invoice:2027` where numbers start again each year.
    """

    __tablename__ = "invoice_series"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    last_number: Mapped[int] = mapped_column(default=0)


class Invoice(Base):
    """What a client owes. Amounts in `currency`; `buyer` and `seller` are copies made at issue.

    total = net + tax. `paid_minor` is the sum of its allocations (payments, credit, credit notes, write-offs);
    `credited_minor` is the part of it that credit notes took off, `written_off_minor` what was given up.
    """

    __tablename__ = "invoice"
    __table_args__ = (
        Index("ix_invoice_unpaid", "status", "due_on", "currency", "total_minor", "paid_minor"),
        Index("ix_invoice_sums", "issued_on", "status", "currency", "total_minor"),
        Index("ux_invoice_proforma_number", "proforma_number", unique=True),
        Index("ux_invoice_sequence", "series", "sequence", unique=True),
        CheckConstraint("paid_minor >= 0 AND paid_minor <= total_minor", name="paid_within_total"),
        CheckConstraint("status != 'paid' OR paid_minor = total_minor", name="paid_in_full"),
    )

    id: Mapped[PrimaryKey]
    kind: Mapped[str] = mapped_column(String(12), default=InvoiceKind.INVOICE, server_default="invoice")
    number: Mapped[str | None] = mapped_column(String(40), unique=True)
    series: Mapped[str | None] = mapped_column(String(40))
    sequence: Mapped[int | None]
    proforma_number: Mapped[str | None] = mapped_column(String(40))
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    status: Mapped[str] = mapped_column(String(10), default=InvoiceStatus.DRAFT)
    currency: Mapped[str] = mapped_column(String(3))
    net_minor: Mapped[int] = mapped_column(default=0, server_default="0")
    tax_minor: Mapped[int] = mapped_column(default=0, server_default="0")
    total_minor: Mapped[int] = mapped_column(default=0)
    paid_minor: Mapped[int] = mapped_column(default=0)
    credited_minor: Mapped[int] = mapped_column(default=0, server_default="0")
    written_off_minor: Mapped[int] = mapped_column(default=0, server_default="0")
    issued_on: Mapped[date | None] = mapped_column(Date)
    due_on: Mapped[date] = mapped_column(Date)
    tax_point: Mapped[date | None] = mapped_column(Date)
    tax_treatment: Mapped[str] = mapped_column(String(20), default="taxed", server_default="taxed")
    tax_note: Mapped[str] = mapped_column(String(200), default="", server_default="")
    paid_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    disputed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    replaces_id: Mapped[int | None]
    buyer: Mapped[dict[str, Any]] = mapped_column(JsonDocument, default=dict)
    seller: Mapped[dict[str, Any]] = mapped_column(JsonDocument, default=dict)
    notes: Mapped[list[dict[str, str]]] = mapped_column(JsonDocument, default=list)
    content_hash: Mapped[str | None] = mapped_column(String(64))
    hash_version: Mapped[int] = mapped_column(default=2, server_default="1")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lines: Mapped[list[InvoiceLine]] = relationship(order_by="InvoiceLine.position", back_populates="invoice")
    taxes: Mapped[list[InvoiceTax]] = relationship(order_by="InvoiceTax.position")

    @property
    def total(self) -> Money:
        """Net and tax."""
        return Money(self.total_minor, self.currency)

    @property
    def net(self) -> Money:
        """Sum of the lines, tax left out."""
        return Money(self.net_minor, self.currency)

    @property
    def tax(self) -> Money:
        """Sum of the taxes."""
        return Money(self.tax_minor, self.currency)

    @property
    def paid(self) -> Money:
        """Applied so far, credit notes included."""
        return Money(self.paid_minor, self.currency)

    @property
    def credited(self) -> Money:
        """What credit notes took off the open balance."""
        return Money(self.credited_minor, self.currency)

    @property
    def balance_due(self) -> Money:
        """What is still open."""
        return self.total - self.paid

    def is_overdue(self, on: date) -> bool:
        """Unpaid and past its due date."""
        return self.status == InvoiceStatus.UNPAID and self.due_on < on


class InvoiceLine(Base):
    """One line; amounts are net of tax, `tax_minor` is the line's share of the tax groups.

    A line of a period carries a unique key, so no period of a service is billed twice; the database also refuses
    periods of one service that overlap. `tax_positions` names the taxes computed on it; `explain` holds the facts
    that make the amount (see `explain.py`).
    """

    __tablename__ = "invoice_line"

    id: Mapped[PrimaryKey]
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"), index=True)
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(12), default="item", server_default="item")
    description: Mapped[str] = mapped_column(String(200))
    detail: Mapped[str] = mapped_column(Text, default="")
    quantity: Mapped[int] = mapped_column(default=1)
    unit_minor: Mapped[int]
    amount_minor: Mapped[int]
    tax_minor: Mapped[int] = mapped_column(default=0, server_default="0")
    tax_class: Mapped[str] = mapped_column(String(40), default="standard", server_default="standard")
    currency: Mapped[str] = mapped_column(String(3))
    service_id: Mapped[int | None] = mapped_column(index=True)
    price_id: Mapped[int | None]
    promotion_id: Mapped[int | None]
    period_start: Mapped[date | None] = mapped_column(Date)
    period_end: Mapped[date | None] = mapped_column(Date)
    period_key: Mapped[str | None] = mapped_column(String(60), unique=True)
    tax_positions: Mapped[list[int]] = mapped_column(JsonDocument, default=list, server_default="[]")
    explain: Mapped[dict[str, Any]] = mapped_column(JsonDocument, default=dict, server_default="{}")
    invoice: Mapped[Invoice] = relationship(back_populates="lines")

    @property
    def amount(self) -> Money:
        """Net amount of the line."""
        return Money(self.amount_minor, self.currency)

    @property
    def unit(self) -> Money:
        """Net unit price."""
        return Money(self.unit_minor, self.currency)

    @property
    def gross(self) -> Money:
        """With the line's share of tax."""
        return Money(self.amount_minor + self.tax_minor, self.currency)


class InvoiceTax(Base):
    """One tax of an invoice, per rate group. `rate_ppm`: 22 % is 220000; `category` as in EN 16931 (S, AE, E, O)."""

    __tablename__ = "invoice_tax"

    id: Mapped[PrimaryKey]
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"), index=True)
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
        """What the tax is computed on."""
        return Money(self.base_minor, self.currency)

    @property
    def tax(self) -> Money:
        """The tax."""
        return Money(self.tax_minor, self.currency)


class InvoicePaidOnce(Base):
    """An invoice became paid. The key makes it happen at most once, however the money came (I05)."""

    __tablename__ = "invoice_paid"

    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"), primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Allocation(Base):
    """Money (or a credit note) applied to an invoice. Append-only: taking it back is a negative row that names it."""

    __tablename__ = "allocation"
    __table_args__ = (CheckConstraint("amount_minor <> 0", name="not_nothing"),)

    id: Mapped[PrimaryKey]
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"), index=True)
    client_id: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    amount_minor: Mapped[int]
    source: Mapped[str] = mapped_column(String(12))
    transaction_id: Mapped[int | None] = mapped_column(index=True)
    credit_note_id: Mapped[int | None]
    reverses_id: Mapped[int | None]
    journal_key: Mapped[str] = mapped_column(String(160))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def amount(self) -> Money:
        """Positive when applied, negative when taken back."""
        return Money(self.amount_minor, self.currency)


class LateFee(Base):
    """The nth late fee for an overdue invoice, and the debit note that asks for it. The key makes it happen once."""

    __tablename__ = "late_fee"

    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"), primary_key=True, autoincrement=False)
    nth: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    fee_invoice_id: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
