"""DNS zones that we keep for clients, and templates of records."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from ezcore.db.base import Base, PrimaryKey
from ezcore.db.types import JsonDocument, UtcDateTime


class ZoneState(StrEnum):
    """`pending`: it stands at the provider, but the name's nameservers do not point there yet."""

    SETTING_UP = "setting_up"
    PENDING = "pending"
    ACTIVE = "active"
    FAILED = "failed"
    REMOVED = "removed"


class Zone(Base):
    """A zone at a provider. One live zone per name (`live_key`); `domain_id` when the name is registered here too.

    `records` is what the provider had at `records_read_at`: pages show this copy and never ask while they are drawn.
    `made_for` says who wanted it (`order:7`); such a zone may be removed again when that fails. `actions` counts
    the changes and names their jobs.
    """

    __tablename__ = "dns_zone"

    id: Mapped[PrimaryKey]
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    domain_id: Mapped[int | None] = mapped_column(ForeignKey("domain_name.id"), index=True)
    name: Mapped[str] = mapped_column(String(253), index=True)
    live_key: Mapped[str | None] = mapped_column(String(253), unique=True)
    provider: Mapped[str] = mapped_column(String(40))
    external_id: Mapped[str | None] = mapped_column(String(120))
    operation_key: Mapped[str] = mapped_column(String(160), default="")
    state: Mapped[str] = mapped_column(String(12), default=ZoneState.SETTING_UP)
    nameservers: Mapped[list[str]] = mapped_column(JsonDocument, default=list)
    dnssec: Mapped[bool] = mapped_column(default=False, server_default=false())
    ds: Mapped[list[dict[str, Any]]] = mapped_column(JsonDocument, default=list)
    records: Mapped[list[dict[str, Any]]] = mapped_column(JsonDocument, default=list)
    records_read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    problem: Mapped[str | None] = mapped_column(Text)
    actions: Mapped[int] = mapped_column(default=0)
    made_for: Mapped[str] = mapped_column(String(80), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ZoneTemplate(Base):
    """Records that can be put into a zone at once; `{zone}` stands for the zone's name."""

    __tablename__ = "dns_template"

    id: Mapped[PrimaryKey]
    name: Mapped[str] = mapped_column(String(60), unique=True)
    records: Mapped[list[dict[str, Any]]] = mapped_column(JsonDocument, default=list)
