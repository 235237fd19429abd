"""The table of looks that everybody saw: one row per publishing, so that any of them can be worn again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from ezcore.db.base import Base, PrimaryKey
from ezcore.db.types import UtcDateTime


class ThemeVersion(Base):
    """A look as it was published at `at`. `by` is the name of who did it; empty: what was worn before the first."""

    __tablename__ = "theme_version"

    id: Mapped[PrimaryKey]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(String(120))
    theme: Mapped[str] = mapped_column(String(60))
    brand: Mapped[str] = mapped_column(String(7))
    corners: Mapped[str] = mapped_column(String(20))
    font: Mapped[str] = mapped_column(String(20))
    logo: Mapped[str] = mapped_column(String(80))
