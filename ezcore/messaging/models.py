"""The table of mails: one row per intent, kept so that staff can see what was said to whom."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from ezcore.db.base import Base, PrimaryKey
from ezcore.db.types import JsonDocument, UtcDateTime


class MailState(StrEnum):
    """Waiting for its job, handed over to the mail server (or the sink), or refused for good."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"


class Mail(Base):
    """A mail to one recipient. `key` says which event wanted it: asking twice gives the same row.

    `attachments` are files of the store by key (see `attachments.py`). `body` is sealed (see `sealed_as`) because
    links in it carry tokens; so is `html`, where there is one. `resent_from_id` is the mail that this one says again;
    `marketing` mail carries a way to unsubscribe. `thread` is the Message-ID that a conversation begins with, `refs`
    those of it that this mail follows, the last one being answered; answers go to `reply_to`.
    `queued_at` and `sent_at` are business instants, UTC.
    """

    __tablename__ = "mail"
    __table_args__ = (
        UniqueConstraint("key", "template", "recipient"),
        Index("ix_mail_queued_at", "queued_at"),
    )

    id: Mapped[PrimaryKey]
    key: Mapped[str] = mapped_column(String(160))
    template: Mapped[str] = mapped_column(String(60))
    recipient: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(12), default="en")
    subject: Mapped[str] = mapped_column(String(250))
    body: Mapped[str] = mapped_column(Text)
    html: Mapped[str | None] = mapped_column(Text)
    attachments: Mapped[list[dict[str, str]]] = mapped_column(JsonDocument, default=list, server_default="[]")
    message_id: Mapped[str] = mapped_column(String(120), unique=True)
    thread: Mapped[str | None] = mapped_column(String(160), index=True)
    refs: Mapped[list[str]] = mapped_column(JsonDocument, default=list, server_default="[]")
    reply_to: Mapped[str | None] = mapped_column(String(254))
    client_id: Mapped[int | None] = mapped_column(index=True)
    resent_from_id: Mapped[int | None] = mapped_column(ForeignKey("mail.id"), index=True)
    marketing: Mapped[bool] = mapped_column(default=False, server_default=false())
    state: Mapped[str] = mapped_column(String(8), default=MailState.QUEUED)
    queued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cause: Mapped[str | None] = mapped_column(Text)

    @property
    def sealed_as(self) -> str:
        """The name of the row that its sealed body is bound to."""
        return sealed_as(self.message_id)


def sealed_as(message_id: str) -> str:
    """The name under which the body of the mail with this message id is sealed."""
    return f"mail:{message_id}"
