"""Services, the resources they own at vendors, and their secrets."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ezcore.db.base import Base, PrimaryKey
from ezcore.db.types import JsonDocument, UtcDateTime
from ezcore.kernel.money import Money
from ezcore.kernel.period import Cycle


class ServiceState(StrEnum):
    """States as the trade prints them."""

    PENDING = "pending"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    TERMINATED = "terminated"
    CANCELLED = "cancelled"
    FRAUD = "fraud"
    COMPLETED = "completed"


class Service(Base):
    """What a client rents.

    `paid_until` moves when a period is paid, `billed_until` when it is invoiced (dates, end exclusive, shop's zone).
    `price_minor` is what a cycle costs before discounts; `promotion_left` counts the billings that still get the
    promotion (None: all). `selection` holds the answers (option key to answer). An add-on has a parent.
    The override dates are set by staff and replace, once, what the rules would say.
    `label` is what machines and invoices call it, `nickname` what the client does.
    `open_action` is the verb of the one lifecycle job that runs; `actions` counts them and names their job keys.
    """

    __tablename__ = "service"
    __table_args__ = (Index("ix_service_renewal", "state", "billed_until"),)

    id: Mapped[PrimaryKey]
    reference: Mapped[str] = mapped_column(String(40), unique=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    order_line_id: Mapped[int | None] = mapped_column(unique=True)
    label: Mapped[str] = mapped_column(String(120))
    nickname: Mapped[str] = mapped_column(String(60), default="", server_default="")
    module: Mapped[str | None] = mapped_column(String(40))
    server_id: Mapped[int | None] = mapped_column(ForeignKey("server.id"))
    state: Mapped[str] = mapped_column(String(12), default=ServiceState.PENDING)
    currency: Mapped[str] = mapped_column(String(3))
    price_minor: Mapped[int]
    cycle_name: Mapped[str] = mapped_column("cycle", String(20))
    anchor_day: Mapped[int]
    started_on: Mapped[date | None] = mapped_column(Date)
    paid_until: Mapped[date | None] = mapped_column(Date)
    billed_until: Mapped[date | None] = mapped_column(Date)
    params: Mapped[dict[str, Any]] = mapped_column(JsonDocument, default=dict)
    choices: Mapped[list[list[str]]] = mapped_column(JsonDocument, default=list)
    selection: Mapped[dict[str, str]] = mapped_column(JsonDocument, default=dict, server_default="{}")
    settings: Mapped[dict[str, Any]] = mapped_column(JsonDocument, default=dict)
    tax_class: Mapped[str] = mapped_column(String(40), default="standard", server_default="standard")
    price_id: Mapped[int | None]
    parent_id: Mapped[int | None] = mapped_column(index=True)
    promotion_id: Mapped[int | None]
    promotion_left: Mapped[int | None]
    override_invoice_on: Mapped[date | None] = mapped_column(Date)
    override_suspend_on: Mapped[date | None] = mapped_column(Date)
    override_terminate_on: Mapped[date | None] = mapped_column(Date)
    open_action: Mapped[str | None] = mapped_column(String(40))
    actions: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    activated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    suspended_on: Mapped[date | None] = mapped_column(Date)
    suspend_reason: Mapped[str | None] = mapped_column(String(200))
    cancel_on: Mapped[date | None] = mapped_column(Date)
    cancel_reason: Mapped[str | None] = mapped_column(String(400))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def price(self) -> Money:
        """Per cycle."""
        return Money(self.price_minor, self.currency)

    @property
    def cycle(self) -> Cycle:
        """The billing cycle."""
        return Cycle.parse(self.cycle_name)


class ServiceResource(Base):
    """The thing created at a vendor. A live external id belongs to one service only (`live_key` is unique).

    It has no server where its module needs none.
    """

    __tablename__ = "service_resource"

    id: Mapped[PrimaryKey]
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), index=True)
    module: Mapped[str] = mapped_column(String(40))
    server_id: Mapped[int | None] = mapped_column(ForeignKey("server.id"))
    external_id: Mapped[str] = mapped_column(String(120))
    operation_key: Mapped[str] = mapped_column(String(160))
    address: Mapped[str | None] = mapped_column(String(80))
    location: Mapped[str | None] = mapped_column(String(80))
    facts: Mapped[dict[str, Any]] = mapped_column(JsonDocument, default=dict)
    live_key: Mapped[str | None] = mapped_column(String(200), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ServiceSecret(Base):
    """A secret of a service (a first password), encrypted and bound to the row; shown once, then thrown away."""

    __tablename__ = "service_secret"
    __table_args__ = (UniqueConstraint("service_id", "name"),)

    id: Mapped[PrimaryKey]
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"))
    name: Mapped[str] = mapped_column(String(40))
    sealed: Mapped[str | None] = mapped_column(String(400))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revealed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
