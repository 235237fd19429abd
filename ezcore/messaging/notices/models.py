"""Rules, what came of them, and the notes in the admin area with who has read them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from ezcore.db.base import Base, PrimaryKey
from ezcore.db.types import JsonList, UtcDateTime


class NoticeAction(StrEnum):
    """How a rule tells: mail to addresses, a message in a chat, a note in the admin area."""

    MAIL = "mail"
    CHAT = "chat"
    NOTE = "note"


class NoticeState(StrEnum):
    """Told (a mail is queued, a note is written, the chat took it), waits for its job, or given up."""

    DONE = "done"
    QUEUED = "queued"
    FAILED = "failed"


class NoticeRule(Base):
    """When `event` happens and all `conditions` (field, comparison, value as typed) hold, do `action`.

    `url` and `secret` (of a chat) are sealed, bound to `reference`; `host` is what may be shown of the address.
    `words` is the text in the language of mails; empty: the event's fields. One with `removed_at` hears nothing and has
    no address any more; it stays for what came of it.
    """

    __tablename__ = "notice_rule"

    id: Mapped[PrimaryKey]
    reference: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    event: Mapped[str] = mapped_column(String(80), index=True)
    conditions: Mapped[JsonList]
    action: Mapped[str] = mapped_column(String(8))
    addresses: Mapped[JsonList]
    host: Mapped[str] = mapped_column(String(260), default="")
    url: Mapped[str | None] = mapped_column(Text)
    secret: Mapped[str | None] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text, default="")
    paused: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def sealed_as(self) -> str:
        """The name of the row that its secrets are bound to."""
        return f"notice_rule:{self.reference}"


class NoticeOutcome(Base):
    """A rule heard an event (`event_id` of the outbox; None: somebody tried it). Once per rule and event."""

    __tablename__ = "notice_outcome"
    __table_args__ = (
        UniqueConstraint("rule_id", "event_id"),
        Index("ix_notice_outcome_rule_id_id", "rule_id", "id"),
    )

    id: Mapped[PrimaryKey]
    rule_id: Mapped[int] = mapped_column(ForeignKey("notice_rule.id", ondelete="CASCADE"))
    event_id: Mapped[int | None]
    state: Mapped[str] = mapped_column(String(8))
    title: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text, default="")
    cause: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class StaffNote(Base):
    """A note in the admin area, for all staff; `href` is a page of ours, or empty."""

    __tablename__ = "staff_note"

    id: Mapped[PrimaryKey]
    title: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text, default="")
    href: Mapped[str] = mapped_column(String(200), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class StaffNoteRead(Base):
    """This user has read it."""

    __tablename__ = "staff_note_read"

    note_id: Mapped[int] = mapped_column(
        ForeignKey("staff_note.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id"), primary_key=True, autoincrement=False, index=True
    )
