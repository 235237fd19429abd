"""Endings that are sold, their prices per currency and years, and the margins they were made with."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, false, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ezcore.db.base import Base, PrimaryKey
from ezcore.db.types import JsonDocument, UtcDateTime
from ezcore.kernel.money import Money


class Tld(Base):
    """An ending below which names are sold (`com`, `co.uk`; A-labels, no leading dot), and its registrar's rules.

    `grace_days` and `redemption_days` count from the expiry, one after the other. `costs` is what the registrar asked
    when it was last looked at: minor units per year, with their currency. `ascii_contacts`: the registry takes plain
    letters only. `mixed_scripts`: names that mix alphabets are let through.
    """

    __tablename__ = "tld"

    id: Mapped[PrimaryKey]
    name: Mapped[str] = mapped_column(String(63), unique=True)
    registrar: Mapped[str] = mapped_column(String(40))
    active: Mapped[bool] = mapped_column(default=True, server_default=true())
    min_years: Mapped[int] = mapped_column(default=1)
    max_years: Mapped[int] = mapped_column(default=10)
    grace_days: Mapped[int] = mapped_column(default=0)
    redemption_days: Mapped[int] = mapped_column(default=0)
    idn: Mapped[bool] = mapped_column(default=False, server_default=false())
    mixed_scripts: Mapped[bool] = mapped_column(default=False, server_default=false())
    ascii_contacts: Mapped[bool] = mapped_column(default=True, server_default=true())
    transfer_needs_code: Mapped[bool] = mapped_column(default=True, server_default=true())
    position: Mapped[int] = mapped_column(default=0)
    product_id: Mapped[int | None] = mapped_column(ForeignKey("product.id"))
    transfer_product_id: Mapped[int | None] = mapped_column(ForeignKey("product.id"))
    costs: Mapped[dict[str, Any]] = mapped_column(JsonDocument, default=dict)
    costs_read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    prices: Mapped[list[TldPrice]] = relationship(
        order_by="(TldPrice.currency, TldPrice.years)", cascade="all, delete-orphan"
    )


class TldPrice(Base):
    """What so many years cost in one currency. None: not sold (a transfer), or no fee known (a restore).

    `explicit` prices were typed by staff: an import never replaces them.
    """

    __tablename__ = "tld_price"
    __table_args__ = (
        UniqueConstraint("tld_id", "currency", "years"),
        CheckConstraint("years BETWEEN 1 AND 10", name="years"),
        CheckConstraint("register_minor >= 0 AND renew_minor >= 0", name="not_negative"),
    )

    id: Mapped[PrimaryKey]
    tld_id: Mapped[int] = mapped_column(ForeignKey("tld.id", ondelete="CASCADE"), index=True)
    currency: Mapped[str] = mapped_column(String(3))
    years: Mapped[int]
    register_minor: Mapped[int]
    renew_minor: Mapped[int]
    transfer_minor: Mapped[int | None]
    restore_minor: Mapped[int | None]
    explicit: Mapped[bool] = mapped_column(default=False, server_default=false())

    @property
    def register_price(self) -> Money:
        """The first term."""
        return Money(self.register_minor, self.currency)

    @property
    def renew_price(self) -> Money:
        """Every later term."""
        return Money(self.renew_minor, self.currency)

    @property
    def transfer_price(self) -> Money | None:
        """Moving a name here, with its year."""
        return None if self.transfer_minor is None else Money(self.transfer_minor, self.currency)

    @property
    def restore_price(self) -> Money | None:
        """Bringing a name back from redemption."""
        return None if self.restore_minor is None else Money(self.restore_minor, self.currency)


class TldMargin(Base):
    """What is put on a registrar's costs in one currency: a part of them (parts per million), then an amount.

    `rate_ppm` turns the registrar's currency into this one (parts per million; 1,000,000 where they are the same);
    prices are rounded up to end in `ending_minor` of each whole unit (99 gives 12.99; None: not rounded).
    """

    __tablename__ = "tld_margin"
    __table_args__ = (UniqueConstraint("registrar", "currency"),)

    id: Mapped[PrimaryKey]
    registrar: Mapped[str] = mapped_column(String(40))
    currency: Mapped[str] = mapped_column(String(3))
    percent_ppm: Mapped[int] = mapped_column(default=0)
    fixed_minor: Mapped[int] = mapped_column(default=0)
    ending_minor: Mapped[int | None]
    rate_ppm: Mapped[int] = mapped_column(default=1_000_000)
