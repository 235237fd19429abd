"""Outbox rows and failed deliveries."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ezcore.db.base import Base, PrimaryKey
from ezcore.db.types import JsonDocument, UtcDateTime


class OutboxEvent(Base):
    """One event, committed with the change it tells of.

    Rows are picked by state, never by a watermark on the id, because a lower id may commit later.
    """

    __tablename__ = "outbox_event"
    __table_args__ = (Index("ix_outbox_waiting", "handed_at", "id"),)

    id: Mapped[PrimaryKey]
    name: Mapped[str] = mapped_column(String(80))
    payload: Mapped[dict[str, Any]] = mapped_column(JsonDocument)
    actor_name: Mapped[str] = mapped_column(String(200), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    handed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class OutboxDelivery(Base):
    """A delivery that failed: one row per event and subscriber, retried by itself."""

    __tablename__ = "outbox_delivery"
    __table_args__ = (UniqueConstraint("event_id", "subscriber"),)

    id: Mapped[PrimaryKey]
    event_id: Mapped[int] = mapped_column(ForeignKey("outbox_event.id", ondelete="CASCADE"))
    subscriber: Mapped[str] = mapped_column(String(120))
    failures: Mapped[int] = mapped_column(default=1)
    next_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str] = mapped_column(Text)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
