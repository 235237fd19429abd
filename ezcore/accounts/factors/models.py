"""Tables of the second factor: the sealed secret of an app, recovery codes as hashes, log-ins that are half-way."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from ezcore.db.base import Base, PrimaryKey
from ezcore.db.types import UtcDateTime


class SecondFactor(Base):
    """An app that makes one-time codes (RFC 6238), one per user. It counts only once `confirmed_at` is set.

    `secret` is sealed, bound to the user. `last_step` is the newest time step (30 s since 1970) whose code was taken:
    no code works twice, nor an older one after it.
    """

    __tablename__ = "second_factor"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True, autoincrement=False)
    secret: Mapped[str] = mapped_column(String(400))
    last_step: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def sealed_as(self) -> str:
        """The name of the row that its sealed secret is bound to."""
        return sealed_as(self.user_id)


class RecoveryCode(Base):
    """A code that replaces the app once. It has 80 random bits, so its hash gives nothing away."""

    __tablename__ = "recovery_code"

    id: Mapped[PrimaryKey]
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class LoginStep(Base):
    """A browser that knew the password and owes the second factor: no session, so it opens nothing at all."""

    __tablename__ = "login_step"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    tries: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def sealed_as(user_id: int) -> str:
    """The name under which the secret of this user's app is sealed."""
    return f"second_factor:{user_id}"
