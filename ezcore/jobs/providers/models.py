"""The condition of each provider: the breaker's state, and whether staff paused it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ezcore.db.base import Base
from ezcore.db.types import UtcDateTime


class Breaker(StrEnum):
    """Closed: jobs run. Open: they wait until `next_try_at`. Half open: one job tries whether it answers again."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class Provider(Base):
    """One provider that jobs are bound to (`proxmox:3`, `gateway:stripe`); a row exists since its first trouble.

    `failures` counts answers that did not come, in a row; `openings` how often it was given up since it last
    answered. All instants are on the database's clock.
    """

    __tablename__ = "provider"

    name: Mapped[str] = mapped_column(String(120), primary_key=True)
    state: Mapped[str] = mapped_column(String(10), default=Breaker.CLOSED)
    failures: Mapped[int] = mapped_column(default=0)
    openings: Mapped[int] = mapped_column(default=0)
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    next_try_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(Text, default="")
    paused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    paused_by: Mapped[str] = mapped_column(String(200), default="")
    paused_why: Mapped[str] = mapped_column(String(400), default="")
