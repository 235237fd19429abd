"""The plugin's own tables: what is scarce at a cluster, addresses and machine numbers, and who has it.

Both are taken by one conditional statement, never read-then-write: two workers must not get the same one.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, DateTime, Integer, String, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """Parent of the plugin's tables; their own metadata, because their history is their own."""


class Address(Base):
    """An address of a pool; free while `operation_key` is empty. Rows are made when a pool is first used."""

    __tablename__ = "ez_proxmox_address"
    __table_args__ = (
        UniqueConstraint("server_id", "address", name="uq_ez_proxmox_address_address"),
        UniqueConstraint("server_id", "operation_key", name="uq_ez_proxmox_address_operation_key"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    server_id: Mapped[int] = mapped_column(Integer)
    address: Mapped[str] = mapped_column(String(45))
    operation_key: Mapped[str | None] = mapped_column(String(200))
    changed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class Number(Base):
    """The machine number (VMID) meant for an operation, written down before the cluster is asked."""

    __tablename__ = "ez_proxmox_number"
    __table_args__ = (
        UniqueConstraint("server_id", "vmid", name="uq_ez_proxmox_number_vmid"),
        UniqueConstraint("server_id", "operation_key", name="uq_ez_proxmox_number_operation_key"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    server_id: Mapped[int] = mapped_column(Integer)
    vmid: Mapped[int] = mapped_column(Integer)
    operation_key: Mapped[str] = mapped_column(String(200))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class ReverseName(Base):
    """The name an address shall have in reverse DNS; `is_set` when a person has said that it was entered."""

    __tablename__ = "ez_proxmox_reverse_name"
    __table_args__ = (UniqueConstraint("server_id", "address", name="uq_ez_proxmox_reverse_name_address"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    server_id: Mapped[int] = mapped_column(Integer)
    address: Mapped[str] = mapped_column(String(45))
    operation_key: Mapped[str] = mapped_column(String(200), index=True)
    name: Mapped[str] = mapped_column(String(253))
    is_set: Mapped[bool] = mapped_column(Boolean, default=False)
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
