"""Registered names as the books know them, and the short memory of what registrars said is free."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from ezcore.db.base import Base, PrimaryKey
from ezcore.db.types import JsonDocument, UtcDateTime


class DomainState(StrEnum):
    """Where a name stands at the registry, in the trade's words."""

    PENDING = "pending"
    TRANSFERRING_IN = "transferring_in"
    ACTIVE = "active"
    GRACE = "grace"
    REDEMPTION = "redemption"
    TRANSFERRED_AWAY = "transferred_away"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


LIVE = (
    DomainState.PENDING,
    DomainState.TRANSFERRING_IN,
    DomainState.ACTIVE,
    DomainState.GRACE,
    DomainState.REDEMPTION,
)


class DomainName(Base):
    """The registry's side of a service that is a domain name. Names are A-labels, one live row per name (`live_key`).

    `vendor_renews`: the registrar renews it by itself. `code_sealed` is the code for bringing it here, `auth_sealed`
    the one for moving it away; both are sealed for this row. `let_go_at`: its service ended, so it is left to expire.
    `open_action` is the one action that runs; `actions` counts them and names their jobs. `odd` is what the registrar
    last said that a person has to look at; while it stands nothing of it is taken over.
    """

    __tablename__ = "domain_name"
    __table_args__ = (
        Index("ix_domain_name_registrar_state", "registrar", "state"),
        Index("ix_domain_name_expires_on", "expires_on"),
        Index("ix_domain_name_state", "state"),
        Index("ix_domain_name_list", text("ended_at DESC"), "expires_on", "id"),
    )

    id: Mapped[PrimaryKey]
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), unique=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    name: Mapped[str] = mapped_column(String(253), index=True)
    live_key: Mapped[str | None] = mapped_column(String(253), unique=True)
    tld: Mapped[str] = mapped_column(String(63))
    registrar: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(10), default="register")
    years: Mapped[int] = mapped_column(default=1)
    state: Mapped[str] = mapped_column(String(20), default=DomainState.PENDING)
    external_id: Mapped[str | None] = mapped_column(String(120))
    operation_key: Mapped[str] = mapped_column(String(160), default="")
    registered_on: Mapped[date | None] = mapped_column(Date)
    expires_on: Mapped[date | None] = mapped_column(Date)
    nameservers: Mapped[list[str]] = mapped_column(JsonDocument, default=list)
    glue: Mapped[list[dict[str, Any]]] = mapped_column(JsonDocument, default=list)
    ds: Mapped[list[dict[str, Any]]] = mapped_column(JsonDocument, default=list)
    contacts: Mapped[dict[str, Any]] = mapped_column(JsonDocument, default=dict)
    locked: Mapped[bool | None]
    privacy: Mapped[bool | None]
    vendor_renews: Mapped[bool | None]
    registry_status: Mapped[list[str]] = mapped_column(JsonDocument, default=list)
    code_sealed: Mapped[str | None] = mapped_column(String(600))
    auth_sealed: Mapped[str | None] = mapped_column(String(600))
    auth_made_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    open_action: Mapped[str | None] = mapped_column(String(40))
    actions: Mapped[int] = mapped_column(default=0)
    let_go_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    synced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    odd: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def is_live(self) -> bool:
        """Is it ours to care for?"""
        return self.state in LIVE

    @property
    def is_registered(self) -> bool:
        """Does it stand at the registry, so that something can be changed there?"""
        return self.state in (DomainState.ACTIVE, DomainState.GRACE)


class DomainCheck(Base):
    """What a registrar said about one name a moment ago. Thrown away by the day's tidying."""

    __tablename__ = "domain_check"

    name: Mapped[str] = mapped_column(String(253), primary_key=True)
    answer: Mapped[dict[str, Any]] = mapped_column(JsonDocument, default=dict)
    checked_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


def sealed_code(name: str) -> str:
    """The place that the code for bringing a name here is sealed for: it is typed before there is a row."""
    return f"domain_name:{name}:code"


def sealed_auth(domain_id: int) -> str:
    """The place that the code for moving a name away is sealed for."""
    return f"domain_name:{domain_id}:auth"
