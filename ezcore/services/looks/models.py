"""The last look at each service."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from ezcore.db.base import Base
from ezcore.db.types import JsonDocument, UtcDateTime


class ServiceLook(Base):
    """The last look that succeeded, and why a later one did not (`problem`).

    `asked_at` is when somebody asked last: a service is not asked for again while its turn has not come.
    """

    __tablename__ = "service_look"

    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), primary_key=True, autoincrement=False)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    taken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    document: Mapped[dict[str, Any] | None] = mapped_column(JsonDocument)
    problem: Mapped[str | None] = mapped_column(Text)
    failed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
