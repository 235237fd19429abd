"""Carts: found by a secret in the visitor's cookie, or by the client once logged in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ezcore.db.base import Base, PrimaryKey
from ezcore.db.types import JsonDocument, UtcDateTime


class Cart(Base):
    """What somebody is about to order. `secret_hash` is SHA-256 of the cookie's secret.

    `promotion_id` is the code that was applied; whether it still holds is asked anew whenever the cart is priced.
    """

    __tablename__ = "cart"

    id: Mapped[PrimaryKey]
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int | None] = mapped_column(index=True)
    currency: Mapped[str] = mapped_column(String(3))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ordered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    promotion_id: Mapped[int | None]
    lines: Mapped[list[CartLine]] = relationship(order_by="CartLine.id", cascade="all, delete-orphan")


class CartLine(Base):
    """One configured product in a cart. An add-on belongs to another line of the cart, or to a service that runs."""

    __tablename__ = "cart_line"

    id: Mapped[PrimaryKey]
    cart_id: Mapped[int] = mapped_column(ForeignKey("cart.id", ondelete="CASCADE"), index=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    parent_id: Mapped[int | None]
    parent_service_id: Mapped[int | None]
    cycle_name: Mapped[str] = mapped_column("cycle", String(20))
    choices: Mapped[dict[str, str]] = mapped_column(JsonDocument, default=dict)
    params: Mapped[dict[str, Any]] = mapped_column(JsonDocument, default=dict)
    label: Mapped[str] = mapped_column(String(120), default="")
