"""The table of tags."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from ezcore.db.base import Base, BigId


class ClientTag(Base):
    """A word on a client, as `tags.rules.written` writes it; the client never sees it."""

    __tablename__ = "client_tag"

    client_id: Mapped[int] = mapped_column(BigId, ForeignKey("client.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(30), primary_key=True, index=True)
