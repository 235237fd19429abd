"""Orders: who asked for what, with which parameters, and which invoice bills it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ezcore.db.base import Base, PrimaryKey
from ezcore.db.types import JsonDocument, UtcDateTime
from ezcore.kernel.money import Money


class OrderStatus(StrEnum):
    """Pending until every line is delivered; held: staff look at it first, nothing is set up."""

    PENDING = "pending"
    HELD = "held"
    ACTIVE = "active"
    CANCELLED = "cancelled"
    FRAUD = "fraud"


class Order(Base):
    """`form_key` comes with the review form and is unique: submitting twice shows the first order."""

    __tablename__ = "client_order"

    id: Mapped[PrimaryKey]
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    user_id: Mapped[int | None]
    form_key: Mapped[str] = mapped_column(String(80), unique=True)
    status: Mapped[str] = mapped_column(String(10), default=OrderStatus.PENDING, index=True)
    currency: Mapped[str] = mapped_column(String(3))
    total_minor: Mapped[int]
    invoice_id: Mapped[int | None] = mapped_column(ForeignKey("invoice.id"), unique=True)
    promotion_id: Mapped[int | None]
    ip: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lines: Mapped[list[OrderLine]] = relationship(order_by="OrderLine.id")

    @property
    def total(self) -> Money:
        """Due now when it was placed, with tax."""
        return Money(self.total_minor, self.currency)


class OrderLine(Base):
    """One line with the parameters that were asked for; leads to at most one service.

    `amount_minor` is what a cycle costs, `discount_minor` what the promotion took off the first invoice.
    """

    __tablename__ = "order_line"

    id: Mapped[PrimaryKey]
    order_id: Mapped[int] = mapped_column(ForeignKey("client_order.id"), index=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    cycle_name: Mapped[str] = mapped_column("cycle", String(20))
    amount_minor: Mapped[int]
    setup_minor: Mapped[int] = mapped_column(default=0)
    discount_minor: Mapped[int] = mapped_column(default=0, server_default="0")
    choices: Mapped[dict[str, str]] = mapped_column(JsonDocument, default=dict)
    params: Mapped[dict[str, Any]] = mapped_column(JsonDocument, default=dict)
