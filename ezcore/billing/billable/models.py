"""Billable items, and which invoice each of their charges went to."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ezcore.db.base import Base, PrimaryKey
from ezcore.db.types import UtcDateTime
from ezcore.kernel.money import Money


class BillableState(StrEnum):
    """Whether more charges will come of it."""

    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"


class BillableItem(Base):
    """Something to invoice. `unit_minor` as the shop states prices (with tax where prices include it).

    `on` is the day of the next charge; None means with the client's next invoice. `cycle` repeats it (`once` does not),
    `left` counts the charges still to come, None meaning for as long as nobody stops it. `charged` counts those made.
    """

    __tablename__ = "billable_item"
    __table_args__ = (
        Index("ix_billable_item_due", "state", "client_id", "on"),
        CheckConstraint("quantity > 0", name="some"),
        CheckConstraint("left_over IS NULL OR left_over >= 0", name="not_overdrawn"),
    )

    id: Mapped[PrimaryKey]
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"))
    state: Mapped[str] = mapped_column(String(10), default=BillableState.OPEN)
    description: Mapped[str] = mapped_column(String(200))
    detail: Mapped[str] = mapped_column(Text, default="")
    quantity: Mapped[int] = mapped_column(default=1)
    unit_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    tax_class: Mapped[str] = mapped_column(String(40), default="standard")
    on: Mapped[date | None] = mapped_column(Date)
    anchor_day: Mapped[int | None]
    cycle: Mapped[str] = mapped_column(String(12), default="once")
    left: Mapped[int | None] = mapped_column("left_over")
    charged: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def unit(self) -> Money:
        """The price of one."""
        return Money(self.unit_minor, self.currency)


class BillableCharge(Base):
    """The nth charge of an item went to this invoice. The key makes it happen once, whichever run took it."""

    __tablename__ = "billable_charge"

    item_id: Mapped[int] = mapped_column(
        ForeignKey("billable_item.id"), primary_key=True, autoincrement=False
    )
    nth: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"), index=True)
