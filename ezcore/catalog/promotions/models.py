"""Tables of promotions: the code and its terms, fixed amounts per currency, and each use."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ezcore.db.base import Base, PrimaryKey
from ezcore.db.types import JsonDocument, UtcDateTime
from ezcore.kernel.money import Money


class PromotionKind(StrEnum):
    """What a promotion does to a line."""

    PERCENT = "percent"
    FIXED = "fixed"
    PRICE_OVERRIDE = "price_override"
    FREE_SETUP = "free_setup"


class Promotion(Base):
    """A code and its terms. Codes are kept in upper case; an order has at most one.

    `percent_ppm`: 20 % is 200000. `cycles` and `products` are empty for all; `requires_product_id` must stand in the
    cart or run already. `recurrences` counts billings, the first included (None: all). `max_uses` None: no limit.
    `starts_on` is the first day, `ends_on` the first day after (shop's zone). `on_setup`: setup fees are cut as well.
    `once_per_order`: only the dearest line that fits is cut.
    """

    __tablename__ = "promotion"
    __table_args__ = (
        CheckConstraint("used >= 0 AND (max_uses IS NULL OR used <= max_uses)", name="uses_within_limit"),
        CheckConstraint("percent_ppm BETWEEN 0 AND 1000000", name="at_most_everything"),
        CheckConstraint("recurrences IS NULL OR recurrences >= 1", name="at_least_once"),
        CheckConstraint("kind IN ('percent', 'fixed', 'price_override', 'free_setup')", name="known_kind"),
    )

    id: Mapped[PrimaryKey]
    code: Mapped[str] = mapped_column(String(40), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    percent_ppm: Mapped[int] = mapped_column(default=0)
    on_setup: Mapped[bool] = mapped_column(default=False, server_default=false())
    once_per_order: Mapped[bool] = mapped_column(default=False, server_default=false())
    cycles: Mapped[list[str]] = mapped_column(JsonDocument, default=list)
    products: Mapped[list[int]] = mapped_column(JsonDocument, default=list)
    requires_product_id: Mapped[int | None] = mapped_column(ForeignKey("product.id"))
    recurrences: Mapped[int | None]
    max_uses: Mapped[int | None]
    used: Mapped[int] = mapped_column(default=0, server_default="0")
    once_per_client: Mapped[bool] = mapped_column(default=False, server_default=false())
    new_clients_only: Mapped[bool] = mapped_column(default=False, server_default=false())
    starts_on: Mapped[date | None] = mapped_column(Date)
    ends_on: Mapped[date | None] = mapped_column(Date)
    note: Mapped[str] = mapped_column(String(200), default="")
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    amounts: Mapped[list[PromotionAmount]] = relationship(
        order_by="PromotionAmount.currency", cascade="all, delete-orphan", lazy="selectin"
    )

    def amount_in(self, currency: str) -> Money | None:
        """The fixed amount, or the new price, in this currency; None where the promotion does not hold."""
        for amount in self.amounts:
            if amount.currency == currency:
                return Money(amount.amount_minor, currency)
        return None


class PromotionAmount(Base):
    """How much is taken off (fixed), or what is paid instead (price override), in one currency."""

    __tablename__ = "promotion_amount"
    __table_args__ = (
        UniqueConstraint("promotion_id", "currency"),
        CheckConstraint("amount_minor >= 0", name="not_negative"),
    )

    id: Mapped[PrimaryKey]
    promotion_id: Mapped[int] = mapped_column(ForeignKey("promotion.id", ondelete="CASCADE"))
    currency: Mapped[str] = mapped_column(String(3))
    amount_minor: Mapped[int]


class PromotionUse(Base):
    """An order used a promotion; a row per order. `client_key` is unique where a client may use it once."""

    __tablename__ = "promotion_use"
    __table_args__ = (
        UniqueConstraint("order_id"),
        Index("ix_promotion_use_promotion_id", "promotion_id", "client_id"),
    )

    id: Mapped[PrimaryKey]
    promotion_id: Mapped[int] = mapped_column(ForeignKey("promotion.id"))
    client_id: Mapped[int]
    order_id: Mapped[int]
    client_key: Mapped[str | None] = mapped_column(String(60), unique=True)
    used_at: Mapped[datetime] = mapped_column(UtcDateTime)
    given_back_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
