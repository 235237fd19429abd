"""Tables of taxes: the rules with their dates, and what registers said of tax numbers."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Date, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ezcore.db.base import Base, PrimaryKey
from ezcore.db.types import JsonDocument, UtcDateTime


class TaxRule(Base):
    """A rate in a place from a day on, up to but without `valid_until`. A change of rate is a new rule.

    An empty `country` is everywhere, an empty `region` the whole country; the most precise place counts. The database
    refuses two rules of one place, class and level that overlap in time.
    """

    __tablename__ = "tax_rule"
    __table_args__ = (
        UniqueConstraint("country", "region", "tax_class", "level", "valid_from"),
        CheckConstraint("rate_ppm >= 0 AND rate_ppm <= 1000000", name="rate"),
        CheckConstraint("level IN (1, 2) AND (level = 2 OR NOT compound)", name="level"),
        CheckConstraint("valid_until IS NULL OR valid_until > valid_from", name="dates"),
    )

    id: Mapped[PrimaryKey]
    country: Mapped[str] = mapped_column(String(2), default="")
    region: Mapped[str] = mapped_column(String(80), default="")
    tax_class: Mapped[str] = mapped_column(String(40), default="standard")
    name: Mapped[str] = mapped_column(String(80))
    rate_ppm: Mapped[int]
    level: Mapped[int] = mapped_column(default=1)
    compound: Mapped[bool] = mapped_column(default=False)
    valid_from: Mapped[date] = mapped_column(Date)
    valid_until: Mapped[date | None] = mapped_column(Date)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CheckSource(StrEnum):
    """Who answered."""

    REGISTER = "register"
    STAFF = "staff"


class TaxNumberCheck(Base):
    """Evidence: what was asked about a client's tax number, when, and what the answer was. Never changed.

    `answer` is valid, invalid or unavailable; `raw` is the register's answer as it came, `consultation` the
    number under which the register keeps it. A decision of staff has its `reason` instead.
    """

    __tablename__ = "tax_number_check"

    id: Mapped[PrimaryKey]
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    number: Mapped[str] = mapped_column(String(20))
    country: Mapped[str] = mapped_column(String(2))
    source: Mapped[str] = mapped_column(String(10))
    answer: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(String(200), default="")
    address: Mapped[str] = mapped_column(String(400), default="")
    consultation: Mapped[str] = mapped_column(String(60), default="")
    requester: Mapped[str] = mapped_column(String(20), default="")
    reason: Mapped[str] = mapped_column(String(400), default="")
    decided_by: Mapped[str] = mapped_column(String(80), default="")
    raw: Mapped[dict[str, Any]] = mapped_column(JsonDocument, default=dict)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
