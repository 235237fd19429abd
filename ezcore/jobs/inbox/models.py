"""Rows of the webhook inbox: a small row for ever (deduplication), the body for a while."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from ezcore.db.base import Base, PrimaryKey
from ezcore.db.types import UtcDateTime


class InboxState(StrEnum):
    """What became of a message."""

    RECEIVED = "received"
    APPLIED = "applied"
    IGNORED = "ignored"
    PARKED = "parked"


class WebhookEvent(Base):
    """One message from a vendor; unique by source, account and the vendor's own event id.

    `polled`: its webhook never came, we found it on the vendor's record.
    """

    __tablename__ = "webhook_event"
    __table_args__ = (UniqueConstraint("source", "account", "external_id"),)

    id: Mapped[PrimaryKey]
    source: Mapped[str] = mapped_column(String(40))
    account: Mapped[str] = mapped_column(String(40), default="")
    external_id: Mapped[str] = mapped_column(String(160))
    kind: Mapped[str] = mapped_column(String(120))
    api_version: Mapped[str | None] = mapped_column(String(60))
    livemode: Mapped[bool] = mapped_column(default=False)
    polled: Mapped[bool] = mapped_column(default=False, server_default=false())
    state: Mapped[str] = mapped_column(String(10), default=InboxState.RECEIVED)
    reason: Mapped[str | None] = mapped_column(Text)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    handled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class WebhookBody(Base):
    """The raw body as it was signed."""

    __tablename__ = "webhook_body"

    event_id: Mapped[int] = mapped_column(
        ForeignKey("webhook_event.id", ondelete="CASCADE"), primary_key=True
    )
    body: Mapped[bytes]
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)


class WebhookCursor(Base):
    """Up to which moment a vendor's record of messages was read."""

    __tablename__ = "webhook_cursor"

    source: Mapped[str] = mapped_column(String(40), primary_key=True)
    seen_until: Mapped[datetime] = mapped_column(UtcDateTime)
