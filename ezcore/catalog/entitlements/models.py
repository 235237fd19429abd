"""Entitlements: granted by payment, withdrawn by cancellation, period end or suspension."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from ezcore.db.base import Base, PrimaryKey
from ezcore.db.types import UtcDateTime


class Entitlement(Base):
    """One stretch of time in which a client may use what a service gives; a new row for each grant.

    `live_key` is unique while the grant lasts, so a service has at most one live grant.
    """

    __tablename__ = "entitlement"
    __table_args__ = (Index("ix_entitlement_client_live", "client_id", "withdrawn_at"),)

    id: Mapped[PrimaryKey]
    client_id: Mapped[int]
    service_id: Mapped[int] = mapped_column(index=True)
    product_id: Mapped[int]
    kind: Mapped[str] = mapped_column(String(40))
    live_key: Mapped[str | None] = mapped_column(String(60), unique=True)
    granted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    granted_for: Mapped[str] = mapped_column(String(120))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_for: Mapped[str | None] = mapped_column(String(120))
