"""Quotes and their lines; amounts were taxed on the day the quote was last written."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ezcore.db.base import Base, PrimaryKey
from ezcore.db.types import JsonDocument, UtcDateTime
from ezcore.kernel.money import Money


class QuoteStatus(StrEnum):
    """draft, sent, then one of the others for good."""

    DRAFT = "draft"
    SENT = "sent"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"


class Quote(Base):
    """An offer to a client, good until the end of `valid_until`. It has a number once it was sent.

    `token_hash` is the SHA-256 of the secret in the link of the latest mail. `answered_*` say who accepted or declined,
    from where; `invoice_id` is the invoice that the quote became.
    """

    __tablename__ = "quote"
    __table_args__ = (
        Index("ix_quote_status", "status", "valid_until"),
        Index("ux_quote_sequence", "series", "sequence", unique=True),
        Index("ux_quote_token", "token_hash", unique=True),
    )

    id: Mapped[PrimaryKey]
    number: Mapped[str | None] = mapped_column(String(40), unique=True)
    series: Mapped[str | None] = mapped_column(String(40))
    sequence: Mapped[int | None]
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    status: Mapped[str] = mapped_column(String(10), default=QuoteStatus.DRAFT)
    title: Mapped[str] = mapped_column(String(120))
    note: Mapped[str] = mapped_column(Text, default="")
    currency: Mapped[str] = mapped_column(String(3))
    net_minor: Mapped[int] = mapped_column(default=0)
    tax_minor: Mapped[int] = mapped_column(default=0)
    total_minor: Mapped[int] = mapped_column(default=0)
    taxes: Mapped[list[dict[str, Any]]] = mapped_column(JsonDocument, default=list)
    tax_note: Mapped[str] = mapped_column(String(200), default="")
    buyer: Mapped[dict[str, Any]] = mapped_column(JsonDocument, default=dict)
    valid_until: Mapped[date] = mapped_column(Date)
    token_hash: Mapped[str | None] = mapped_column(String(64))
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_by: Mapped[str | None] = mapped_column(String(120))
    answered_user_id: Mapped[int | None]
    answered_ip: Mapped[str | None] = mapped_column(String(60))
    answer_reason: Mapped[str] = mapped_column(Text, default="")
    invoice_id: Mapped[int | None] = mapped_column(ForeignKey("invoice.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lines: Mapped[list[QuoteLine]] = relationship(order_by="QuoteLine.position", cascade="all, delete-orphan")

    @property
    def total(self) -> Money:
        """Net and tax."""
        return Money(self.total_minor, self.currency)

    @property
    def net(self) -> Money:
        """Sum of the lines, tax left out."""
        return Money(self.net_minor, self.currency)

    @property
    def tax_rows(self) -> list[tuple[str, int, Money]]:
        """Name, rate in parts per million and amount of each tax."""
        return [(tax["name"], tax["rate_ppm"], Money(tax["tax_minor"], self.currency)) for tax in self.taxes]


class QuoteLine(Base):
    """One line. `unit_minor` as the shop states prices; `amount_minor` is the net of the line."""

    __tablename__ = "quote_line"

    id: Mapped[PrimaryKey]
    quote_id: Mapped[int] = mapped_column(ForeignKey("quote.id"), index=True)
    position: Mapped[int]
    description: Mapped[str] = mapped_column(String(200))
    quantity: Mapped[int] = mapped_column(default=1)
    unit_minor: Mapped[int]
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    tax_class: Mapped[str] = mapped_column(String(40), default="standard")

    @property
    def unit(self) -> Money:
        """The price of one."""
        return Money(self.unit_minor, self.currency)

    @property
    def amount(self) -> Money:
        """Net."""
        return Money(self.amount_minor, self.currency)
