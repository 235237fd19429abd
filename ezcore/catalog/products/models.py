"""Tables of the catalog: groups, products, feature rows, versions of prices, options, add-ons."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ezcore.db.base import Base, PrimaryKey
from ezcore.db.types import JsonDocument, UtcDateTime
from ezcore.kernel.money import Money
from ezcore.kernel.period import Cycle

ALWAYS: Final = date(2000, 1, 1)
"""`on_sale_from` of a price that nobody dated."""


class OptionKind(StrEnum):
    """How an option is answered: one of its choices, a number of units, or yes."""

    CHOICE = "choice"
    QUANTITY = "quantity"
    YESNO = "yesno"


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
    stay for the services that were sold. An add-on is sold only together with, or for, one of its parents
    (`ProductAddon`); a co-termed one is billed by the parent's cycle and renews with it.
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
    is_addon: Mapped[bool] = mapped_column(default=False, server_default=false())
    cotermed: Mapped[bool] = mapped_column(default=False, server_default=false())
    tax_class: Mapped[str] = mapped_column(String(40), default="standard", server_default="standard")
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
    """A version of what a product costs per cycle in one currency, with a one-time setup fee.

    On a given day the version with the latest `on_sale_from` (then the latest id) counts, unless its `on_sale_until`
    (exclusive) has come: then the cycle is not sold. `first_minor` replaces the amount in the first term. Services that
    were sold by an older version move to this one at their first renewal on or after `running_from`; None: they keep
    their price for ever. Dates are days in the shop's zone.
    """

    __tablename__ = "price"
    __table_args__ = (
        Index("ix_price_versions", "product_id", "cycle", "currency", "on_sale_from"),
        CheckConstraint("amount_minor >= 0 AND setup_minor >= 0", name="not_negative"),
        CheckConstraint("first_minor IS NULL OR first_minor >= 0", name="first_not_negative"),
    )

    id: Mapped[PrimaryKey]
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id", ondelete="CASCADE"))
    cycle_name: Mapped[str] = mapped_column("cycle", String(20))
    currency: Mapped[str] = mapped_column(String(3))
    amount_minor: Mapped[int]
    setup_minor: Mapped[int] = mapped_column(default=0)
    first_minor: Mapped[int | None]
    on_sale_from: Mapped[date] = mapped_column(Date, default=ALWAYS, server_default=ALWAYS.isoformat())
    on_sale_until: Mapped[date | None] = mapped_column(Date)
    running_from: Mapped[date | None] = mapped_column(Date)

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

    @property
    def first(self) -> Money:
        """For the first term."""
        return Money(self.amount_minor if self.first_minor is None else self.first_minor, self.currency)


class ProductAddon(Base):
    """This add-on is offered with that product."""

    __tablename__ = "product_addon"
    __table_args__ = (
        UniqueConstraint("product_id", "addon_id"),
        CheckConstraint("product_id <> addon_id", name="not_itself"),
    )

    id: Mapped[PrimaryKey]
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id", ondelete="CASCADE"))
    addon_id: Mapped[int] = mapped_column(ForeignKey("product.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(default=0)


class ProductOption(Base):
    """A question on the configure page (location, extra disk, backups).

    A choice has its answers in `choices`; a quantity runs from `minimum` to `maximum` (None: no limit but the form's)
    by `step` and has one choice named `unit` that prices one unit; yes/no has one choice named `yes`. An option with
    `shown_if_option` is asked only when that earlier option is asked and answered `shown_if_answer`. A required choice
    has no default: the buyer must say.
    """

    __tablename__ = "product_option"
    __table_args__ = (UniqueConstraint("product_id", "key"),)

    id: Mapped[PrimaryKey]
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(10), default=OptionKind.CHOICE, server_default="choice")
    required: Mapped[bool] = mapped_column(default=False, server_default=false())
    minimum: Mapped[int] = mapped_column(default=0, server_default="0")
    maximum: Mapped[int | None]
    step: Mapped[int] = mapped_column(default=1, server_default="1")
    unit: Mapped[str] = mapped_column(String(20), default="", server_default="")
    shown_if_option: Mapped[str | None] = mapped_column(String(40))
    shown_if_answer: Mapped[str | None] = mapped_column(String(40))
    position: Mapped[int] = mapped_column(default=0)
    choices: Mapped[list[OptionChoice]] = relationship(
        order_by="OptionChoice.position", cascade="all, delete-orphan"
    )


class OptionChoice(Base):
    """One answer: what it changes in the module's settings, and what it adds to the price (see `ChoicePrice`).

    The settings of a quantity's unit are numbers: each unit adds them to the product's own.
    """

    __tablename__ = "option_choice"
    __table_args__ = (UniqueConstraint("option_id", "key"),)

    id: Mapped[PrimaryKey]
    option_id: Mapped[int] = mapped_column(ForeignKey("product_option.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(80))
    position: Mapped[int] = mapped_column(default=0)
    settings: Mapped[dict[str, Any]] = mapped_column(JsonDocument, default=dict)
    prices: Mapped[list[ChoicePrice]] = relationship(cascade="all, delete-orphan")


class ChoicePrice(Base):
    """What a choice (or one unit of a quantity) adds per cycle and once, in one currency; no row means nothing.

    A change counts for what is sold from then on; services keep what they were sold with.
    """

    __tablename__ = "choice_price"
    __table_args__ = (UniqueConstraint("choice_id", "cycle", "currency"),)

    id: Mapped[PrimaryKey]
    choice_id: Mapped[int] = mapped_column(ForeignKey("option_choice.id", ondelete="CASCADE"))
    cycle_name: Mapped[str] = mapped_column("cycle", String(20))
    currency: Mapped[str] = mapped_column(String(3))
    amount_minor: Mapped[int]
    setup_minor: Mapped[int] = mapped_column(default=0, server_default="0")
