"""The plugin's own table: which names an operation of ours asked for, and how that ended.

A registry answers "pending" and tells the end in a message that is read once; it has to be remembered here.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import DateTime, Integer, String, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """Parent of the plugin's tables; their own metadata, because their history is their own."""


class Mark(Base):
    """A domain name of one login at a registry.

    `state`: asked (the registry may or may not have it), made, failed (`cause` says why; not to be asked again
    without a person).
    """

    __tablename__ = "ez_epp_mark"
    __table_args__ = (UniqueConstraint("account", "name", name="uq_ez_epp_mark_name"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    account: Mapped[str] = mapped_column(String(300))
    name: Mapped[str] = mapped_column(String(253))
    operation_key: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(8))
    cause: Mapped[str] = mapped_column(String(300), default="")
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
