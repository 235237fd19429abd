"""The table of contacts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ezcore.db.base import Base, PrimaryKey
from ezcore.db.types import JsonList, UtcDateTime


class ClientContact(Base):
    """An address that gets copies of a client's mails, without a login. `kinds` are names of `rules.KINDS`."""

    __tablename__ = "client_contact"
    __table_args__ = (UniqueConstraint("client_id", "email"),)

    id: Mapped[PrimaryKey]
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"))
    name: Mapped[str] = mapped_column(String(80))
    email: Mapped[str] = mapped_column(String(254))
    kinds: Mapped[JsonList]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
