"""Reports of usage, each taken once, and the bills that took them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ezcore.db.base import Base, PrimaryKey
from ezcore.db.types import UtcDateTime


class UsageRecord(Base):
    """One report. `report_key` is the reporter's own: telling it twice counts once. `day` is in the shop's zone."""

    __tablename__ = "usage_record"
    __table_args__ = (
        UniqueConstraint("service_id", "metric", "report_key"),
        Index("ix_usage_record_open", "service_id", "metric", "bill_id", "day"),
        CheckConstraint("quantity_milli >= 0", name="not_negative"),
    )

    id: Mapped[PrimaryKey]
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"))
    metric: Mapped[str] = mapped_column(String(40))
    report_key: Mapped[str] = mapped_column(String(120))
    day: Mapped[date] = mapped_column(Date)
    quantity_milli: Mapped[int]
    reported_at: Mapped[datetime] = mapped_column(UtcDateTime)
    bill_id: Mapped[int | None]


class UsageBill(Base):
    """The usage of one metric in one period was billed (or was nothing): unique, so it is billed once."""

    __tablename__ = "usage_bill"
    __table_args__ = (UniqueConstraint("service_id", "metric", "period_start"),)

    id: Mapped[PrimaryKey]
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"))
    metric: Mapped[str] = mapped_column(String(40))
    period_start: Mapped[date] = mapped_column(Date)
    period_end: Mapped[date] = mapped_column(Date)
    used_milli: Mapped[int]
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    invoice_id: Mapped[int | None] = mapped_column(index=True)
    billed_at: Mapped[datetime] = mapped_column(UtcDateTime)
