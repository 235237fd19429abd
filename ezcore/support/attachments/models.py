"""The table of files at tickets. The bytes are in the file store, under their hash and never under the given name."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from ezcore.db.base import Base, PrimaryKey
from ezcore.db.types import UtcDateTime


class TicketFile(Base):
    """A file of a message. `name` is what the reader sees, `size` is in bytes; who may read the message may read it."""

    __tablename__ = "ticket_file"

    id: Mapped[PrimaryKey]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("ticket_message.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def key(self) -> str:
        """Where the store has it."""
        return key_of(self.sha256)


def key_of(sha256: str) -> str:
    """The key in the store of the content with this hash."""
    return f"attachments/{sha256[:2]}/{sha256}"
