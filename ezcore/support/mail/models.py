"""Tables of mail that comes in: what was received and what became of it, mailboxes that are read, what is blocked."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, false, true
from sqlalchemy.orm import Mapped, mapped_column

from ezcore.db.base import Base, PrimaryKey
from ezcore.db.types import UtcDateTime


class Outcome(StrEnum):
    """What became of a mail. `noted`: staff see it at the ticket, nobody else does."""

    POSTED = "posted"
    OPENED = "opened"
    NOTED = "noted"
    REFUSED = "refused"
    BLOCKED = "blocked"


class RuleKind(StrEnum):
    """What a block rule looks at."""

    ADDRESS = "address"
    DOMAIN = "domain"
    SUBJECT = "subject"


class Security(StrEnum):
    """How a mailbox is spoken to. Without TLS the password stays on this machine."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


class ReceivedMail(Base):
    """A mail as it came, once per Message-ID; one without has its hash instead. `why` says what became of it in words.

    `proven`: it answers a mail of ours, which only its reader can. `quiet`: a machine wrote it or it came through a
    list, so nobody may be answered. `sha256` names the whole mail in the file store; None when it was too large for it.
    `size` is in bytes. `handled_at` is when staff acted on a refused one.
    """

    __tablename__ = "support_received_mail"
    __table_args__ = (Index("ix_support_received_mail_outcome_at", "outcome", "at"),)

    id: Mapped[PrimaryKey]
    message_id: Mapped[str] = mapped_column(String(250), unique=True)
    door: Mapped[str] = mapped_column(String(8))
    department_id: Mapped[int] = mapped_column(ForeignKey("support_department.id"), index=True)
    sender: Mapped[str] = mapped_column(String(254), default="")
    sender_name: Mapped[str] = mapped_column(String(80), default="")
    subject: Mapped[str] = mapped_column(String(200), default="")
    headers: Mapped[str] = mapped_column(Text, default="")
    size: Mapped[int]
    sha256: Mapped[str | None] = mapped_column(String(64))
    outcome: Mapped[str] = mapped_column(String(8), default=Outcome.REFUSED)
    why: Mapped[str] = mapped_column(String(400), default="")
    proven: Mapped[bool] = mapped_column(default=False, server_default=false())
    quiet: Mapped[bool] = mapped_column(default=False, server_default=false())
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"), index=True)
    ticket_message_id: Mapped[int | None] = mapped_column(ForeignKey("ticket_message.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    handled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Mailbox(Base):
    """The IMAP mailbox of a department. `password` is sealed. Mails are moved to `done_folder`; empty: marked as seen.

    `checked_at` is the last look, `trouble` what was wrong with it in words, since `trouble_since`.
    """

    __tablename__ = "support_mailbox"

    id: Mapped[PrimaryKey]
    department_id: Mapped[int] = mapped_column(ForeignKey("support_department.id"), unique=True)
    host: Mapped[str] = mapped_column(String(255))
    port: Mapped[int]
    security: Mapped[str] = mapped_column(String(8), default=Security.TLS)
    user: Mapped[str] = mapped_column("user_name", String(254))  # "user" is a reserved word of SQL
    password: Mapped[str] = mapped_column(Text)
    folder: Mapped[str] = mapped_column(String(120), default="INBOX")
    done_folder: Mapped[str] = mapped_column(String(120), default="")
    active: Mapped[bool] = mapped_column(default=True, server_default=true())
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    trouble: Mapped[str] = mapped_column(String(400), default="", server_default="")
    trouble_since: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def sealed_as(self) -> str:
        """The name of the row that its password is bound to."""
        return sealed_as(self.department_id)


class BlockRule(Base):
    """Mail that is kept in the list and goes no further: from an address, a domain, or with words in its subject."""

    __tablename__ = "support_block_rule"
    __table_args__ = (UniqueConstraint("kind", "value"),)

    id: Mapped[PrimaryKey]
    kind: Mapped[str] = mapped_column(String(8))
    value: Mapped[str] = mapped_column(String(254))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


def sealed_as(department_id: int) -> str:
    """The name under which the password of this department's mailbox is sealed."""
    return f"support_mailbox:{department_id}"


def key_of(sha256: str) -> str:
    """The key in the file store of the whole mail with this hash."""
    return f"received/{sha256[:2]}/{sha256}"
