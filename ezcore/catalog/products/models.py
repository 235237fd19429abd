"""Tables of the catalog: groups, products, feature rows, prices, options."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ezcore.db.base import Base, PrimaryKey
from ezcore.db.types import JsonDocument, UtcDateTime
from ezcore.kernel.money import Money
from ezcore.kernel.period import Cycle


class ProductGroup(Base):
    """A shelf of the store. Groups and products share one space of slugs (`/pricing/<slug>/`)."""

    __tablename__ = "product_group"

    id: Mapped[PrimaryKey]
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    headline: Mapped[str] = mapped_column(String(160), default="")
    blurb: Mapped[str] = mapped_column(Text, default="")
    icon: Mapped[str] = mapped_column(String(40), default="package")
    position: Mapped[int] = mapped_column(default=0)
    hidden: Mapped[bool] = mapped_column(default=False)
    products: Mapped[list[Product]] = relationship(back_populates="group", order_by="Product.position")


class Product(Base):
    """Something that can be ordered.

    `kind` and `module` are names that plugins bring; `settings` is the module's own product model. Retired products
    stay for the services that were sold.
    """

    __tablename__ = "product"
    __table_args__ = (CheckConstraint("stock IS NULL OR stock >= 0", name="stock_not_negative"),)

    id: Mapped[PrimaryKey]
    group_id: Mapped[int] = mapped_column(ForeignKey("product_group.id"), index=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    blurb: Mapped[str] = mapped_column(String(200), default="")
    description: Mapped[str] = mapped_column(Text, default="")
    kind: Mapped[str] = mapped_column(String(40))
    icon: Mapped[str] = mapped_column(String(40), default="package")
    module: Mapped[str | None] = mapped_column(String(40))
    settings: Mapped[dict[str, Any]] = mapped_column(JsonDocument, default=dict)
    position: Mapped[int] = mapped_column(default=0)
    featured: Mapped[bool] = mapped_column(default=False)
    hidden: Mapped[bool] = mapped_column(default=False)
    stock: Mapped[int | None]
    source_plugin: Mapped[str | None] = mapped_column(String(40))
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    group: Mapped[ProductGroup] = relationship(back_populates="products")
    features: Mapped[list[ProductFeature]] = relationship(order_by="ProductFeature.position")
    prices: Mapped[list[Price]] = relationship(order_by="Price.id")
    options: Mapped[list[ProductOption]] = relationship(order_by="ProductOption.position")


class ProductFeature(Base):
    """An ordered line on the product card."""

    __tablename__ = "product_feature"

    id: Mapped[PrimaryKey]
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    text: Mapped[str] = mapped_column(String(120))


class Price(Base):
    """What a product costs per cycle in one currency, with a one-time setup fee."""

    __tablename__ = "price"
    __table_args__ = (
        UniqueConstraint("product_id", "cycle", "currency"),
        CheckConstraint("amount_minor >= 0 AND setup_minor >= 0", name="not_negative"),
    )

    id: Mapped[PrimaryKey]
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id", ondelete="CASCADE"))
    cycle_name: Mapped[str] = mapped_column("cycle", String(20))
    currency: Mapped[str] = mapped_column(String(3))
    amount_minor: Mapped[int]
    setup_minor: Mapped[int] = mapped_column(default=0)

    @property
    def cycle(self) -> Cycle:
        """The billing cycle."""
        return Cycle.parse(self.cycle_name)

    @property
    def amount(self) -> Money:
        """Per cycle."""
        return Money(self.amount_minor, self.currency)

    @property
    def setup(self) -> Money:
        """Once, with the first invoice."""
        return Money(self.setup_minor, self.currency)


class ProductOption(Base):
    """A question with a single answer on the configure page (location, operating system, memory)."""

    __tablename__ = "product_option"
    __table_args__ = (UniqueConstraint("product_id", "key"),)

    id: Mapped[PrimaryKey]
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(80))
    position: Mapped[int] = mapped_column(default=0)
    choices: Mapped[list[OptionChoice]] = relationship(order_by="OptionChoice.position")


class OptionChoice(Base):
    """One answer: what it changes in the module's settings, and what it adds to the price (see `ChoicePrice`)."""

    __tablename__ = "option_choice"
    __table_args__ = (UniqueConstraint("option_id", "key"),)

    id: Mapped[PrimaryKey]
    option_id: Mapped[int] = mapped_column(ForeignKey("product_option.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(80))
    position: Mapped[int] = mapped_column(default=0)
    settings: Mapped[dict[str, Any]] = mapped_column(JsonDocument, default=dict)
    prices: Mapped[list[ChoicePrice]] = relationship()


class ChoicePrice(Base):
    """What a choice adds per cycle in one currency; no row means nothing."""

    __tablename__ = "choice_price"
    __table_args__ = (UniqueConstraint("choice_id", "cycle", "currency"),)

    id: Mapped[PrimaryKey]
    choice_id: Mapped[int] = mapped_column(ForeignKey("option_choice.id", ondelete="CASCADE"))
    cycle_name: Mapped[str] = mapped_column("cycle", String(20))
    currency: Mapped[str] = mapped_column(String(3))
    amount_minor: Mapped[int]
