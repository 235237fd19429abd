"""Payment methods kept by a gateway, and a client's own name at each gateway."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ezcore.db.base import Base, PrimaryKey
from ezcore.db.types import UtcDateTime


class GatewayCustomer(Base):
    """The gateway's name for a client (Stripe's cus_...)."""

    __tablename__ = "gateway_customer"
    __table_args__ = (UniqueConstraint("client_id", "gateway"),)

    id: Mapped[PrimaryKey]
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"))
    gateway: Mapped[str] = mapped_column(String(40))
    customer_id: Mapped[str] = mapped_column(String(120))


class PaymentMethod(Base):
    """A method that may be charged while the client is away. We hold its name at the gateway, never its number.

    The one chosen last (`chosen_at`) is charged; where none was chosen, the one stored last. `expires` is ``2028-04``.
    """

    __tablename__ = "payment_method"
    __table_args__ = (UniqueConstraint("gateway", "external_id"),)

    id: Mapped[PrimaryKey]
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    gateway: Mapped[str] = mapped_column(String(40))
    customer_id: Mapped[str] = mapped_column(String(120))
    external_id: Mapped[str] = mapped_column(String(120))
    label: Mapped[str] = mapped_column(String(80))
    expires: Mapped[str | None] = mapped_column(String(7))
    stored_at: Mapped[datetime] = mapped_column(UtcDateTime)
    chosen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class MethodSetup(Base):
    """A client was sent to a gateway to store a method; the reference tells whose it is when it comes."""

    __tablename__ = "method_setup"

    id: Mapped[PrimaryKey]
    reference: Mapped[str] = mapped_column(String(80), unique=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    gateway: Mapped[str] = mapped_column(String(40))
    url: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class MethodNotice(Base):
    """A client was told that a method expires; once for each date and distance."""

    __tablename__ = "method_notice"
    __table_args__ = (UniqueConstraint("method_id", "expires", "days"),)

    id: Mapped[PrimaryKey]
    method_id: Mapped[int] = mapped_column(ForeignKey("payment_method.id"))
    expires: Mapped[str] = mapped_column(String(7))
    days: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
