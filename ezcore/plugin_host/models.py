"""Tables of the host: how a plugin is doing (read by all processes) and the settings kept in the database."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ezcore.db.base import Base, PrimaryKey
from ezcore.db.types import UtcDateTime


class PluginStateRow(Base):
    """Failures in a row of a plugin, and whether it is suspended (by us) or paused (by staff)."""

    __tablename__ = "plugin_state"

    id: Mapped[PrimaryKey]
    name: Mapped[str] = mapped_column(String(40), unique=True)
    failures: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None] = mapped_column(Text)
    suspended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    paused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PluginSetting(Base):
    """One setting of one plugin as JSON text; a secret is sealed for this row instead."""

    __tablename__ = "plugin_setting"
    __table_args__ = (UniqueConstraint("plugin", "field"),)

    id: Mapped[PrimaryKey]
    plugin: Mapped[str] = mapped_column(String(40))
    field: Mapped[str] = mapped_column(String(80))
    value: Mapped[str] = mapped_column(Text)
