"""Subscriptions that a gateway bills, the services they bill, and the bills it made."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Date, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ezcore.db.base import Base, PrimaryKey
from ezcore.db.types import JsonDocument, UtcDateTime
from ezcore.kernel.money import Money


class SubscriptionStatus(StrEnum):
    """`starting` is ours (the client was sent to the gateway), the others are the gateway's words."""

    STARTING = "starting"
    INCOMPLETE = "incomplete"
    TRIALING = "trialing"
    ACTIVE = "active"
    PAST_DUE = "past_due"
    PAUSED = "paused"
    UNPAID = "unpaid"
    ENDED = "ended"


# The gateway bills: we neither invoice nor charge the services meanwhile.
LIVE = (
    SubscriptionStatus.TRIALING,
    SubscriptionStatus.ACTIVE,
    SubscriptionStatus.PAST_DUE,
    SubscriptionStatus.PAUSED,
    SubscriptionStatus.UNPAID,
)


class OnEnd(StrEnum):
    """What becomes of the services when the agreement ends well."""

    CANCEL = "cancel"  # the client ended it at the gateway: they end with the paid period
    BILL = "bill"  # the client wants to be billed by us again


class Subscription(Base):
    """One agreement at a gateway. `reference` is ours; `external_id` is the gateway's, known when it began.

    `period_end` is the day the running period ends (exclusive); `cancel_at` the day on which the agreement ends.
    """

    __tablename__ = "subscription"
    __table_args__ = (UniqueConstraint("gateway", "external_id"),)

    id: Mapped[PrimaryKey]
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    gateway: Mapped[str] = mapped_column(String(40))
    reference: Mapped[str] = mapped_column(String(80), unique=True)
    external_id: Mapped[str | None] = mapped_column(String(120))
    customer_id: Mapped[str | None] = mapped_column(String(120))
    status: Mapped[str] = mapped_column(String(12), default=SubscriptionStatus.STARTING)
    first_invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"), index=True)
    checkout_url: Mapped[str | None] = mapped_column(Text)
    period_start: Mapped[date | None] = mapped_column(Date)
    period_end: Mapped[date | None] = mapped_column(Date)
    cancel_at: Mapped[date | None] = mapped_column(Date)
    on_end: Mapped[str] = mapped_column(String(6), default=OnEnd.CANCEL)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def is_live(self) -> bool:
        """The gateway bills its services."""
        return self.status in LIVE


class SubscribedService(Base):
    """A service that a subscription bills. `live_key` is unique: one agreement per service at a time."""

    __tablename__ = "subscribed_service"

    subscription_id: Mapped[int] = mapped_column(
        ForeignKey("subscription.id"), primary_key=True, autoincrement=False
    )
    service_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, index=True)
    live_key: Mapped[int | None] = mapped_column(unique=True)


class SubscriptionBill(Base):
    """A bill that the gateway made, as it said last, and the invoice of ours that mirrors it.

    `problem` is why it is not mirrored, or not exactly; a staff task tells.
    """

    __tablename__ = "subscription_bill"
    __table_args__ = (UniqueConstraint("gateway", "external_id"),)

    id: Mapped[PrimaryKey]
    subscription_id: Mapped[int] = mapped_column(ForeignKey("subscription.id"), index=True)
    gateway: Mapped[str] = mapped_column(String(40))
    external_id: Mapped[str] = mapped_column(String(120))
    status: Mapped[str] = mapped_column(String(14))
    currency: Mapped[str] = mapped_column(String(3))
    total_minor: Mapped[int]
    tax_minor: Mapped[int]
    fee_minor: Mapped[int] = mapped_column(default=0)
    lines: Mapped[list[dict[str, Any]]] = mapped_column(JsonDocument, default=list)
    period_start: Mapped[date | None] = mapped_column(Date)
    period_end: Mapped[date | None] = mapped_column(Date)
    payment_id: Mapped[str | None] = mapped_column(String(120))
    failure: Mapped[str | None] = mapped_column(Text)
    invoice_id: Mapped[int | None] = mapped_column(ForeignKey("invoice.id"), index=True)
    problem: Mapped[str | None] = mapped_column(Text)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def total(self) -> Money:
        """Tax included."""
        return Money(self.total_minor, self.currency)
