"""The one table of the database floor: settings that staff changed in the admin area."""

from __future__ import annotations

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ezcore.db.base import Base


class StoredSetting(Base):
    """One value, keyed `section.field`."""

    __tablename__ = "setting"

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    value: Mapped[str] = mapped_column(Text)
