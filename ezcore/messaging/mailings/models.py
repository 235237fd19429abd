"""Mailings, whom they go to, and who does not want them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ezcore.db.base import Base, PrimaryKey
from ezcore.db.types import Json, UtcDateTime


class MailingState(StrEnum):
    """Written, going out, held, ended before its end, or all handed over."""

    DRAFT = "draft"
    SENDING = "sending"
    PAUSED = "paused"
    STOPPED = "stopped"
    DONE = "done"


class RecipientState(StrEnum):
    """Not yet, a mail of the log, does not want it, or could not be written to."""

    WAITING = "waiting"
    MAILED = "mailed"
    REFUSED = "refused"
    FAILED = "failed"


class Mailing(Base):
    """One text for the clients that `filters` name. Its recipients are fixed when it is approved.

    `marketing`: carries a way out and is not sent to those who took it; a service notice goes to everybody.
    `per_minute` mails are a chunk; `chunk` is the next one, `turn` counts up whenever somebody pauses it or lets it go
    on, so that jobs of before know that they are not meant. `next_at` is by the database's clock, UTC.
    """

    __tablename__ = "mailing"
    __table_args__ = (CheckConstraint("per_minute BETWEEN 1 AND 600", name="per_minute"),)

    id: Mapped[PrimaryKey]
    name: Mapped[str] = mapped_column(String(120))
    marketing: Mapped[bool]
    filters: Mapped[Json]
    subject: Mapped[str] = mapped_column(String(250), default="")
    body: Mapped[str] = mapped_column(Text, default="")
    html: Mapped[str] = mapped_column(Text, default="")
    per_minute: Mapped[int] = mapped_column(default=60)
    state: Mapped[str] = mapped_column(String(8), default=MailingState.DRAFT, index=True)
    chunk: Mapped[int] = mapped_column(default=0)
    turn: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by: Mapped[str] = mapped_column(String(200), default="")
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    approved_by: Mapped[str] = mapped_column(String(200), default="")
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class MailingRecipient(Base):
    """A client of a mailing, once; `details` are the values of its text, as they were when it was approved."""

    __tablename__ = "mailing_recipient"
    __table_args__ = (
        UniqueConstraint("mailing_id", "client_id"),
        Index("ix_mailing_recipient_mailing_id_state_chunk", "mailing_id", "state", "chunk"),
    )

    id: Mapped[PrimaryKey]
    mailing_id: Mapped[int] = mapped_column(ForeignKey("mailing.id"))
    client_id: Mapped[int] = mapped_column(index=True)
    email: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(12))
    details: Mapped[Json]
    chunk: Mapped[int]
    state: Mapped[str] = mapped_column(String(8), default=RecipientState.WAITING)
    mail_id: Mapped[int | None] = mapped_column(ForeignKey("mail.id"), index=True)
    cause: Mapped[str | None] = mapped_column(Text)


class MailRefusal(Base):
    """This client wants no marketing mail."""

    __tablename__ = "mail_refusal"

    client_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
