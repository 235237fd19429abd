"""The plugin's own tables: which account belongs to which operation, and what its traffic counter said.

Hestia has no field for a note, so an account is ours exactly when its name was written down here before the server was
asked to make it.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, Boolean, Date, DateTime, Integer, String, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """Parent of the plugin's tables; their own metadata, because their history is their own."""


class Account(Base):
    """The user name meant for an operation. `asked_at`: when the server was first asked to make it, None before.

    An account found before we ever asked is a stranger's. `adopted`: a person said that it is ours.
    """

    __tablename__ = "ez_hestiacp_account"
    __table_args__ = (
        UniqueConstraint("server_id", "user_name", name="uq_ez_hestiacp_account_user_name"),
        UniqueConstraint("server_id", "operation_key", name="uq_ez_hestiacp_account_operation_key"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    server_id: Mapped[int] = mapped_column(Integer)
    user_name: Mapped[str] = mapped_column(String(32))
    operation_key: Mapped[str] = mapped_column(String(200))
    domain: Mapped[str] = mapped_column(String(253))
    adopted: Mapped[bool] = mapped_column(Boolean, default=False)
    reserved_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    asked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class Reading(Base):
    """The first reading of an account's traffic counter on a day (UTC), in MiB."""

    __tablename__ = "ez_hestiacp_reading"
    __table_args__ = (UniqueConstraint("server_id", "user_name", "day", name="uq_ez_hestiacp_reading_day"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    server_id: Mapped[int] = mapped_column(Integer)
    user_name: Mapped[str] = mapped_column(String(32))
    day: Mapped[date] = mapped_column(Date)
    counter: Mapped[int] = mapped_column(BigInteger)
