"""Tables of accounts: clients, users, memberships, staff roles, sessions, mail tokens, throttle."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, false, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ezcore.db.base import Base, PrimaryKey
from ezcore.db.types import JsonDocument, JsonList, UtcDateTime


class ClientStatus(StrEnum):
    """A closed client keeps its invoices but orders nothing."""

    ACTIVE = "active"
    CLOSED = "closed"


class MembershipRole(StrEnum):
    """What a user may do for a client; the permissions are in `permissions.py`."""

    OWNER = "owner"
    BILLING = "billing"
    TECHNICAL = "technical"
    READ_ONLY = "read_only"
    CUSTOM = "custom"


class TokenPurpose(StrEnum):
    """What a link in a mail is good for."""

    VERIFY = "verify"
    RESET = "reset"
    CHANGE = "change"


class TaxNumberState(StrEnum):
    """What is known of a tax number. Only a valid one moves the tax to the buyer."""

    NONE = "none"
    UNVERIFIED = "unverified"
    VALID = "valid"
    INVALID = "invalid"


class Client(Base):
    """The billed party, a person or a company. `country` is ISO 3166-1 alpha-2, `currency` ISO 4217.

    `tax_number` has the shape that its country gives it, checked; what a register said of it is `tax_number_state`.
    `tax_exempt` is set by staff, with the reason that is printed. `separate_invoices`: one invoice per service, where
    the billing run would put what is due on the same day together.
    """

    __tablename__ = "client"

    id: Mapped[PrimaryKey]
    name: Mapped[str] = mapped_column(String(80))
    company: Mapped[str] = mapped_column(String(120), default="")
    email: Mapped[str] = mapped_column(String(254), index=True)
    country: Mapped[str] = mapped_column(String(2))
    line1: Mapped[str] = mapped_column(String(120), default="")
    line2: Mapped[str] = mapped_column(String(120), default="")
    city: Mapped[str] = mapped_column(String(80), default="")
    region: Mapped[str] = mapped_column(String(80), default="")
    postcode: Mapped[str] = mapped_column(String(20), default="")
    currency: Mapped[str] = mapped_column(String(3))
    language: Mapped[str] = mapped_column(String(12), default="en")
    tax_number: Mapped[str] = mapped_column(String(20), default="", server_default="")
    tax_number_state: Mapped[str] = mapped_column(
        String(10), default=TaxNumberState.NONE, server_default="none"
    )
    tax_exempt: Mapped[bool] = mapped_column(default=False, server_default=false())
    tax_exempt_reason: Mapped[str] = mapped_column(String(200), default="", server_default="")
    separate_invoices: Mapped[bool] = mapped_column(default=False, server_default=false())
    status: Mapped[str] = mapped_column(String(10), default=ClientStatus.ACTIVE, index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def address(self) -> tuple[str, ...]:
        """The postal address as printed lines, without the country."""
        return printed_address(self)


def printed_address(row: Any) -> tuple[str, ...]:
    """The lines of a postal address, from whatever has its columns."""
    town = " ".join(part for part in (row.postcode, row.city) if part)
    return tuple(line for line in (row.line1, row.line2, town, row.region) if line)


class StaffRole(Base):
    """A named set of permissions for staff."""

    __tablename__ = "staff_role"

    id: Mapped[PrimaryKey]
    name: Mapped[str] = mapped_column(String(40), unique=True)
    permissions: Mapped[JsonList]


class User(Base):
    """A login. `email` is kept in lower case, so one address is one user however it is typed.

    `password_hash` is argon2id, or ``!`` when no password opens it. A user with a staff role is staff; `shortcuts`:
    single keys of the keyboard do something in the admin area, which not everybody can use (WCAG 2.1.4).
    """

    __tablename__ = "user_account"  # "user" is a reserved word of SQL

    id: Mapped[PrimaryKey]
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    password_hash: Mapped[str] = mapped_column(String(200))
    password_changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    staff_role_id: Mapped[int | None] = mapped_column(ForeignKey("staff_role.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    shortcuts: Mapped[bool] = mapped_column(default=True, server_default=true())
    setup_hidden: Mapped[bool] = mapped_column(default=False, server_default=false())
    staff_role: Mapped[StaffRole | None] = relationship()


class Membership(Base):
    """Ties a user to a client with a role; the first one is who they act for after login.

    `grants` are names of `permissions.GRANTS`; they count for the role `custom` only.
    """

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("user_id", "client_id"),)

    id: Mapped[PrimaryKey]
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    role: Mapped[str] = mapped_column(String(12), default=MembershipRole.OWNER)
    grants: Mapped[list[str]] = mapped_column(JsonDocument, default=list, server_default="[]")


class LoginSession(Base):
    """A browser that is logged in. The cookie holds the token, the row only its hash: a copy opens nothing.

    `csrf` is what forms of this session must carry. An ended session stays for a while as login history.
    `client_id` is the client that its user chose to act for, which counts only while they are a member of it;
    `looks_at` the client that a member of staff looks at as if they were the client, reading only.
    """

    __tablename__ = "login_session"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    public_id: Mapped[str] = mapped_column(String(40), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    csrf: Mapped[str] = mapped_column(String(64))
    client_id: Mapped[int | None] = mapped_column(ForeignKey("client.id"))
    looks_at: Mapped[int | None] = mapped_column(ForeignKey("client.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ip: Mapped[str] = mapped_column(String(64), default="")
    agent: Mapped[str] = mapped_column(String(200), default="")


class EmailToken(Base):
    """A link in a mail, good once. `email` must still be the user's address when it is used.

    `password_hash` is the password that was chosen when this very link was asked for: whoever opens it gets
    the account with the password of their own sign-up, not with one that a stranger chose before.
    `new_email` is the address that a link of the purpose `change` confirms.
    """

    __tablename__ = "email_token"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(8))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    email: Mapped[str] = mapped_column(String(254))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    new_email: Mapped[str | None] = mapped_column(String(254))
    next_url: Mapped[str] = mapped_column(Text, default="/")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class StaffInvitation(Base):
    """Somebody is asked to join the staff with a role; the link in the mail makes the login, once.

    `invited_by` is the user who asked (None: the command line). `ended_at`: accepted, withdrawn, or asked anew.
    """

    __tablename__ = "staff_invitation"

    id: Mapped[PrimaryKey]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    email: Mapped[str] = mapped_column(String(254), index=True)
    name: Mapped[str] = mapped_column(String(80))
    role_id: Mapped[int] = mapped_column(ForeignKey("staff_role.id"), index=True)
    invited_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    role: Mapped[StaffRole] = relationship()


class ClientNote(Base):
    """What staff tell each other about a client; the client never sees it. A sticky one stands on top."""

    __tablename__ = "client_note"

    id: Mapped[PrimaryKey]
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    body: Mapped[str] = mapped_column(Text)
    sticky: Mapped[bool] = mapped_column(default=False, server_default=false())
    author_name: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Throttle(Base):
    """How often something was tried in one window of time (`starts_at`, epoch seconds)."""

    __tablename__ = "throttle"
    __table_args__ = (UniqueConstraint("bucket", "starts_at"), Index("ix_throttle_ends_at", "ends_at"))

    id: Mapped[PrimaryKey]
    bucket: Mapped[str] = mapped_column(String(120))
    starts_at: Mapped[int]
    ends_at: Mapped[int]
    count: Mapped[int] = mapped_column(default=0)
