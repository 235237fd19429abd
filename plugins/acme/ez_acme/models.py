"""The plugin's own tables: our account at each authority, and the order that each job has opened."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import DateTime, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """Parent of the plugin's tables; their own metadata, because their history is their own."""


class Account(Base):
    """Our account at an authority. The sealed key is written before it is used: it is what the account is."""

    __tablename__ = "ez_acme_account"
    __table_args__ = (UniqueConstraint("identity", name="uq_ez_acme_account_identity"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    identity: Mapped[str] = mapped_column(String(500))
    """The directory's address, with the binding's key id where there is one."""
    key_sealed: Mapped[str] = mapped_column(Text)
    url: Mapped[str | None] = mapped_column(String(1000))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class OpenOrder(Base):
    """Where a job's order is found again; an order has no name of ours at the authority."""

    __tablename__ = "ez_acme_order"
    __table_args__ = (UniqueConstraint("operation_key", name="uq_ez_acme_order_operation_key"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    operation_key: Mapped[str] = mapped_column(String(200))
    url: Mapped[str] = mapped_column(String(1000))
    opened_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
