"""The table of canned replies."""

from __future__ import annotations

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ezcore.db.base import Base, PrimaryKey


class CannedReply(Base):
    """A text for staff to begin with; `{{ name }}` and the others of `rules.PLACES` are filled in when it is chosen."""

    __tablename__ = "support_reply"

    id: Mapped[PrimaryKey]
    title: Mapped[str] = mapped_column(String(80), unique=True)
    body: Mapped[str] = mapped_column(Text)
