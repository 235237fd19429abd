"""Tables of the support desk: departments, tickets, their messages, and what a ticket is about."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from ezcore.db.base import Base, PrimaryKey
from ezcore.db.types import UtcDateTime


class TicketState(StrEnum):
    """Whose turn it is. `open`: nobody has answered yet."""

    OPEN = "open"
    ANSWERED = "answered"
    CUSTOMER_REPLY = "customer_reply"
    ON_HOLD = "on_hold"
    CLOSED = "closed"


class Priority(StrEnum):
    """How much it hurts."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


class AuthorKind(StrEnum):
    """Who wrote a message. The system writes what happened by itself, and what plugins say."""

    CLIENT = "client"
    STAFF = "staff"
    SYSTEM = "system"


class Department(Base):
    """Where a ticket goes. Hidden ones are not offered to clients; `email` is where its mail comes in and answers go.

    `priority` is what a ticket begins with when nobody says another. `guests`: people without an account may write to
    it. `plus`: its mail server takes `help+anything@` for `help@`, so answers name their ticket in the address.
    """

    __tablename__ = "support_department"

    id: Mapped[PrimaryKey]
    slug: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    blurb: Mapped[str] = mapped_column(String(200), default="")
    position: Mapped[int] = mapped_column(default=0)
    hidden: Mapped[bool] = mapped_column(default=False, server_default=false())
    email: Mapped[str | None] = mapped_column(String(254), unique=True)
    priority: Mapped[str] = mapped_column(String(8), default=Priority.NORMAL, server_default=Priority.NORMAL)
    guests: Mapped[bool] = mapped_column(default=False, server_default=false())
    plus: Mapped[bool] = mapped_column(default=False, server_default=false())


class DepartmentMember(Base):
    """A member of staff who works in a department and is told of what comes in there."""

    __tablename__ = "support_department_member"
    __table_args__ = (UniqueConstraint("department_id", "user_id"),)

    id: Mapped[PrimaryKey]
    department_id: Mapped[int] = mapped_column(ForeignKey("support_department.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)


class Ticket(Base):
    """A conversation. `reference` tells nothing about how many there are; `key` makes an automatic ticket once.

    `answering_id` is who said that they answer, since `answering_at`. `rating` is 1 to 5. `escalated_at` is when the
    wait was last found too long. A merged ticket is closed, empty and points to the one that has its messages.
    A guest's ticket has no client but `guest_email` and `guest_name`; who has the link of its mails may read it.
    """

    __tablename__ = "ticket"
    __table_args__ = (
        Index("ix_ticket_state_moved", "state", "moved_at"),
        Index("ix_ticket_moved", "moved_at", "id"),
    )

    id: Mapped[PrimaryKey]
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    key: Mapped[str | None] = mapped_column(String(160), unique=True)
    client_id: Mapped[int | None] = mapped_column(ForeignKey("client.id"), index=True)
    guest_name: Mapped[str] = mapped_column(String(80), default="", server_default="")
    guest_email: Mapped[str | None] = mapped_column(String(254), index=True)
    user_id: Mapped[int | None]
    department_id: Mapped[int] = mapped_column(ForeignKey("support_department.id"), index=True)
    subject: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(16), default=TicketState.OPEN)
    priority: Mapped[str] = mapped_column(String(8), default=Priority.NORMAL)
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    moved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answering_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    answering_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"), index=True)
    rating: Mapped[int | None]
    rating_note: Mapped[str] = mapped_column(String(500), default="", server_default="")
    escalated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class TicketMessage(Base):
    """One message, plain text. Internal notes are for staff only."""

    __tablename__ = "ticket_message"

    id: Mapped[PrimaryKey]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    author_kind: Mapped[str] = mapped_column(String(8))
    author_id: Mapped[int | None]
    author_name: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    internal: Mapped[bool] = mapped_column(default=False, server_default=false())
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class TicketLink(Base):
    """What a ticket is about: a service, order, invoice, job or work request of the same client."""

    __tablename__ = "ticket_link"
    __table_args__ = (
        UniqueConstraint("ticket_id", "kind", "object_id"),
        Index("ix_ticket_link_object", "kind", "object_id"),
    )

    id: Mapped[PrimaryKey]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    kind: Mapped[str] = mapped_column(String(20))
    object_id: Mapped[int]


class TicketWatcher(Base):
    """Somebody who is told what happens: a member of staff, or an address outside that gets copies of answers."""

    __tablename__ = "ticket_watcher"
    __table_args__ = (UniqueConstraint("ticket_id", "user_id"), UniqueConstraint("ticket_id", "email"))

    id: Mapped[PrimaryKey]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    email: Mapped[str | None] = mapped_column(String(254))
