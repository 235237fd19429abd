"""What a contribution is about: plain frozen facts of the page, for reading only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from ezcore.kernel.money import Money


@dataclass(frozen=True)
class Viewer:
    """Who looks: somebody of a client, staff, or nobody known ("visitor"), and in which language."""

    kind: Literal["client", "staff", "visitor"]
    language: str = "en"


@dataclass(frozen=True)
class ClientSeen:
    """The client of the page."""

    id: int
    name: str
    email: str


@dataclass(frozen=True)
class ServiceSeen:
    """A service. `facts` is what its module reported of the resource; None ids mean that nothing stands there."""

    id: int
    label: str
    state: str
    product: str
    module: str | None = None
    server_id: int | None = None
    external_id: str | None = None
    address: str | None = None
    location: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class PaymentSeen:
    """One try to pay. `external_id` is the gateway's own name for it."""

    gateway: str
    status: str
    amount: Money
    created_at: datetime
    external_id: str | None = None
    settled_at: datetime | None = None


@dataclass(frozen=True)
class InvoiceSeen:
    """An issued invoice and the tries to pay it."""

    id: int
    number: str
    status: str
    total: Money
    due: Money
    due_on: date
    payments: tuple[PaymentSeen, ...] = ()


@dataclass(frozen=True)
class ServerSeen:
    """A server that a module talks to, and its last connection test."""

    id: int
    name: str
    module: str
    tested_at: datetime | None = None
    problem: str | None = None


@dataclass(frozen=True)
class DomainSeen:
    """A domain name; `registrar` is the name of the port that looks after it."""

    id: int
    name: str
    registrar: str


@dataclass(frozen=True)
class ProductSeen:
    """A product as it is sold; `slug` is its name in addresses."""

    id: int
    slug: str
    name: str
    module: str | None = None


@dataclass(frozen=True)
class OrderSeen:
    """An order and what is due at it."""

    id: int
    status: str
    total: Money


@dataclass(frozen=True)
class TicketSeen:
    """A ticket, without what was written in it."""

    id: int
    reference: str
    subject: str
    state: str


@dataclass(frozen=True)
class CartLineSeen:
    """A line of the cart."""

    id: int
    product: str
    label: str | None = None


RowSeen = ServiceSeen | ClientSeen | InvoiceSeen | DomainSeen | CartLineSeen


@dataclass(frozen=True)
class SlotContext:
    """The slot that is filled, who looks, when, and what the page is about: None where it is about nothing such.

    `rows`: all the rows of the page of a list. `chosen`: the key of this plugin's filter that holds. `search`: what
    was typed into the search box.
    """

    slot: str
    viewer: Viewer
    now: datetime
    client: ClientSeen | None = None
    service: ServiceSeen | None = None
    invoice: InvoiceSeen | None = None
    server: ServerSeen | None = None
    domain: DomainSeen | None = None
    product: ProductSeen | None = None
    order: OrderSeen | None = None
    ticket: TicketSeen | None = None
    rows: tuple[RowSeen, ...] = ()
    chosen: str | None = None
    search: str | None = None
