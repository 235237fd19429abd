"""The plugin's own table: which zones and names at Cloudflare are ours, and for which operation they were made.

Cloudflare lets us tag neither, so the mark is written here before the vendor is asked.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import DateTime, Integer, String, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """Parent of the plugin's tables; their own metadata, because their history is their own."""


class Mark(Base):
    """A zone (`kind` zone) or a domain name (`kind` name) that an operation of ours made or is making.

    `state`: asked (the vendor may or may not have it), made, failed (not to be asked again without a person).
    """

    __tablename__ = "ez_cloudflare_mark"
    __table_args__ = (UniqueConstraint("account_id", "kind", "name", name="uq_ez_cloudflare_mark_name"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    account_id: Mapped[str] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(8))
    name: Mapped[str] = mapped_column(String(253))
    operation_key: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(8))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
