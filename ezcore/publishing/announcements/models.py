"""The table of announcements."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ezcore.db.base import Base, PrimaryKey
from ezcore.db.types import UtcDateTime


class Announcement(Base):
    """News. Without `publish_at` it is a draft; one that lies ahead shows nothing before that instant."""

    __tablename__ = "announcement"

    id: Mapped[PrimaryKey]
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    title: Mapped[str] = mapped_column(String(160))
    body: Mapped[str] = mapped_column(Text)
    publish_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)

    def is_public(self, now: datetime) -> bool:
        """Does everybody see it?"""
        return self.publish_at is not None and self.publish_at <= now
