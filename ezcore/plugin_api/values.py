"""Frozen facts that cross the border between core and plugins. Never a request, session or ORM row."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from ezcore.kernel.money import Money


class Facts(BaseModel):
    """Parent of all facts: immutable, unknown fields refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class ClientFacts(Facts):
    """Who is billed. `customer_id` is the gateway's own name for the client, if it has one yet."""

    id: int
    name: str
    email: str
    country: str = ""
    language: str = "en"
    customer_id: str | None = None


class Resource(Facts):
    """The thing created at a vendor (a VM, a hosting account). `operation_key` is the tag that makes it ours."""

    external_id: str
    operation_key: str
    address: str | None = None
    location: str | None = None
    facts: dict[str, Any] = Field(default_factory=dict)


class ServiceFacts(Facts):
    """What a module may know of a service: ids, the name the client gave it, what was ordered."""

    id: int
    label: str
    client: ClientFacts
    product: str
    params: dict[str, Any] = Field(default_factory=dict)
    options: dict[str, Any] = Field(default_factory=dict)


class Action(Facts):
    """A lifecycle action on a service, as the three action hooks see it."""

    verb: str
    service: ServiceFacts
    module: str
    job_key: str


class InvoiceDraft(Facts):
    """An invoice just before it is issued, read-only; amounts in `currency`."""

    client: ClientFacts
    currency: str
    total: Money
    due_on: date
    lines: tuple[str, ...] = ()


class InvoiceNote(Facts):
    """A line of text printed on an invoice, for example how to pay it by bank transfer."""

    title: str
    text: str


class ProductOffer(Facts):
    """A product that a plugin brings to the store, with its prices ('1 month' -> Money), each currency its own.

    `settings` are values of the module's product model.
    """

    slug: str
    name: str
    blurb: str
    features: tuple[str, ...] = ()
    prices: tuple[tuple[str, Money], ...] = ()
    settings: dict[str, Any] = Field(default_factory=dict)


class ProductKind(Facts):
    """A kind of product that plugins may add: its name in code, its title and icon (lucide name) in the store."""

    name: str
    title: str
    icon: str = "package"
    module: str | None = None
    offers: tuple[ProductOffer, ...] = ()
