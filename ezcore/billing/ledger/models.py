"""Journals and their entries. Append-only: the database refuses UPDATE and DELETE, and unbalanced journals."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from ezcore.db.base import Base, PrimaryKey
from ezcore.db.types import UtcDateTime


class Journal(Base):
    """One money event. `key` is unique: posting the same event again changes nothing."""

    __tablename__ = "journal"

    id: Mapped[PrimaryKey]
    key: Mapped[str] = mapped_column(String(160), unique=True)
    kind: Mapped[str] = mapped_column(String(40), index=True)
    on: Mapped[date] = mapped_column(Date, index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    note: Mapped[str] = mapped_column(String(200), default="")


class LedgerEntry(Base):
    """One side of a journal: positive is debit, negative is credit, in minor units."""

    __tablename__ = "ledger_entry"
    __table_args__ = (Index("ix_ledger_entry_balance", "account", "client_id", "currency"),)

    id: Mapped[PrimaryKey]
    journal_id: Mapped[int] = mapped_column(ForeignKey("journal.id"), index=True)
    account: Mapped[str] = mapped_column(String(60))
    client_id: Mapped[int | None]
    currency: Mapped[str] = mapped_column(String(3))
    minor: Mapped[int]
