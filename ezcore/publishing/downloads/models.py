"""The table of files that are handed out. The bytes are in the file store, under their hash."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from ezcore.db.base import Base, PrimaryKey
from ezcore.db.types import UtcDateTime


class Audience(StrEnum):
    """Who may save a file."""

    EVERYBODY = "everybody"
    CLIENTS = "clients"
    OWNERS = "owners"


class Download(Base):
    """A file to save. `name` is what it is saved as, `size` is in bytes; `owners` have a service of `product_id`."""

    __tablename__ = "download"

    id: Mapped[PrimaryKey]
    title: Mapped[str] = mapped_column(String(120))
    blurb: Mapped[str] = mapped_column(String(200), default="", server_default="")
    name: Mapped[str] = mapped_column(String(120))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    audience: Mapped[str] = mapped_column(String(10))
    product_id: Mapped[int | None] = mapped_column(ForeignKey("product.id"), index=True)
    position: Mapped[int] = mapped_column(default=0, server_default="0")
    saved: Mapped[int] = mapped_column(default=0, server_default="0")
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def key(self) -> str:
        """Where the store has it."""
        return key_of(self.sha256)


def key_of(sha256: str) -> str:
    """The key in the store of the content with this hash."""
    return f"downloads/{sha256[:2]}/{sha256}"
