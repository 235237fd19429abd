"""What a product counts: the unit, how reports add up, what is included, and the tiers of its price."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ezcore.db.base import Base, PrimaryKey
from ezcore.db.types import JsonDocument


class MetricKind(StrEnum):
    """How the reports of a period become one quantity."""

    PERIOD = "period"  # reports are amounts used (traffic): they add up
    SNAPSHOT = "snapshot"  # reports are levels (mailboxes): the highest one counts


class TierMode(StrEnum):
    """How tiers price a quantity."""

    GRADUATED = "graduated"  # each unit costs what its tier says
    VOLUME = "volume"  # all units cost what the tier of the whole quantity says


class ProductMetric(Base):
    """One metric. Quantities are kept in thousandths of the unit.

    `tiers` by currency: `{"EUR": [{"up_to": 100, "rate": "0.05"}, {"up_to": null, "rate": "0.03"}]}`; `up_to` counts
    whole units beyond what is included, `rate` is per unit as the shop states prices.
    """

    __tablename__ = "product_metric"
    __table_args__ = (
        UniqueConstraint("product_id", "key"),
        CheckConstraint("included_milli >= 0", name="included_not_negative"),
    )

    id: Mapped[PrimaryKey]
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(80))
    unit: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(10), default=MetricKind.PERIOD)
    mode: Mapped[str] = mapped_column(String(10), default=TierMode.GRADUATED)
    included_milli: Mapped[int] = mapped_column(default=0)
    tiers: Mapped[dict[str, Any]] = mapped_column(JsonDocument, default=dict)
