"""Changes of services that were asked for: what they were, what they become, and which document bills it."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Date, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from ezcore.db.base import Base, PrimaryKey
from ezcore.db.types import JsonDocument, UtcDateTime


class ChangeState(StrEnum):
    """Pending until it is paid; applied once."""

    PENDING = "pending"
    APPLIED = "applied"
    CANCELLED = "cancelled"


class ServiceChange(Base):
    """One change. `live_key` makes it the only one that waits for its service."""

    __tablename__ = "service_change"

    id: Mapped[PrimaryKey]
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), index=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"))
    state: Mapped[str] = mapped_column(String(10), default=ChangeState.PENDING)
    before: Mapped[dict[str, Any]] = mapped_column(JsonDocument, default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(JsonDocument, default=dict)
    currency: Mapped[str] = mapped_column(String(3))
    due_minor: Mapped[int]
    effective_on: Mapped[date] = mapped_column(Date)
    invoice_id: Mapped[int | None] = mapped_column(ForeignKey("invoice.id"), index=True)
    credit_note_id: Mapped[int | None]
    live_key: Mapped[str | None] = mapped_column(String(40), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
