"""Versions of mail texts: the newest of a template and language is in use."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from ezcore.db.base import Base, PrimaryKey
from ezcore.db.types import UtcDateTime


class MailText(Base):
    """One version of a mail's text in one language. Rows are never changed: going back writes a new version.

    `from_theme`: from this version on the theme's file is used again. `html` is empty for plain text only.
    """

    __tablename__ = "mail_text"
    __table_args__ = (UniqueConstraint("template", "language", "version"),)

    id: Mapped[PrimaryKey]
    template: Mapped[str] = mapped_column(String(60))
    language: Mapped[str] = mapped_column(String(12))
    version: Mapped[int]
    subject: Mapped[str] = mapped_column(String(250), default="")
    body: Mapped[str] = mapped_column(Text, default="")
    html: Mapped[str] = mapped_column(Text, default="")
    from_theme: Mapped[bool] = mapped_column(default=False, server_default=false())
    note: Mapped[str] = mapped_column(String(200), default="")
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by: Mapped[str] = mapped_column(String(200), default="")
