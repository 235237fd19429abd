"""Servers, their groups, what they answered to a test, and the accounts they listed."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from ezcore.db.base import Base, PrimaryKey
from ezcore.db.types import JsonDocument, UtcDateTime


class FillPolicy(StrEnum):
    """Which server of a group gets the next account."""

    LEAST_USED = "least_used"
    FILL_FIRST = "fill_first"
    ROUND_ROBIN = "round_robin"


class ServerGroup(Base):
    """Servers that stand for each other. Products say in which group they are made."""

    __tablename__ = "server_group"

    id: Mapped[PrimaryKey]
    name: Mapped[str] = mapped_column(String(80), unique=True)
    module: Mapped[str] = mapped_column(String(40))
    policy: Mapped[str] = mapped_column(String(12), default=FillPolicy.LEAST_USED)


class ProductServerGroup(Base):
    """A product is made on servers of this group only; one without a row takes any server of its module."""

    __tablename__ = "product_server_group"

    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), primary_key=True, autoincrement=False)
    group_id: Mapped[int] = mapped_column(ForeignKey("server_group.id"), index=True)


class Server(Base):
    """A panel or cluster.

    `settings` follow the module's server model; secret fields lie in `sealed`, encrypted and bound to this row. A
    server without settings of its own is the first one: the module's plugin settings describe it. `capacity` is the
    most accounts it may hold (None: no limit). In `maintenance` it gets no new accounts; what runs goes on. An
    inactive one is out of use. `chosen` counts how often it was chosen, `tested_at` to `test_problem` keep the last
    connection test, `usage_until` how far its usage was read.
    """

    __tablename__ = "server"
    __table_args__ = (CheckConstraint("capacity IS NULL OR capacity >= 0", name="capacity"),)

    id: Mapped[PrimaryKey]
    name: Mapped[str] = mapped_column(String(80), unique=True)
    module: Mapped[str] = mapped_column(String(40), index=True)
    settings: Mapped[dict[str, Any]] = mapped_column(JsonDocument, default=dict)
    sealed: Mapped[dict[str, str]] = mapped_column(JsonDocument, default=dict)
    active: Mapped[bool] = mapped_column(default=True)
    position: Mapped[int] = mapped_column(default=0)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("server_group.id"), index=True)
    capacity: Mapped[int | None]
    maintenance: Mapped[bool] = mapped_column(default=False, server_default=false())
    chosen: Mapped[int] = mapped_column(default=0, server_default="0")
    host_name: Mapped[str] = mapped_column(String(253), default="", server_default="")
    addresses: Mapped[str] = mapped_column(Text, default="", server_default="")
    location: Mapped[str] = mapped_column(String(80), default="", server_default="")
    note: Mapped[str] = mapped_column(Text, default="", server_default="")
    tested_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    test_report: Mapped[dict[str, Any] | None] = mapped_column(JsonDocument)
    test_problem: Mapped[str | None] = mapped_column(Text)
    usage_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    usage_problem: Mapped[str | None] = mapped_column(Text)


class ServerListing(Base):
    """What a server said it holds, when it was asked last; imports choose from it."""

    __tablename__ = "server_listing"

    server_id: Mapped[int] = mapped_column(ForeignKey("server.id"), primary_key=True, autoincrement=False)
    read_at: Mapped[datetime] = mapped_column(UtcDateTime)
    accounts: Mapped[list[dict[str, Any]]] = mapped_column(JsonDocument, default=list)
