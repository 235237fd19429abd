"""What the API answers with. Amounts are text with a point, beside their currency; days are ISO 8601."""

from __future__ import annotations

from datetime import date
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

T = TypeVar("T")
_AMOUNT = r"^-?[0-9]+(\.[0-9]+)?$"


class Shape(BaseModel):
    """Parent of the answers: nothing beside the named fields leaves the house."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)


class Service(Shape):
    """A service that the client rents or rented."""

    id: int
    label: str
    product: str
    state: str
    price: str = Field(pattern=_AMOUNT)
    currency: str
    cycle: str
    paid_until: date | None


class Domain(Shape):
    """A domain name of the client."""

    id: int
    name: str
    state: str
    registered_on: date | None
    expires_on: date | None
    nameservers: list[str]


class Invoice(Shape):
    """An issued invoice."""

    id: int
    number: str
    status: str
    currency: str
    total: str = Field(pattern=_AMOUNT)
    balance_due: str = Field(pattern=_AMOUNT)
    issued_on: date | None
    due_on: date


class Page(Shape, Generic[T]):
    """One page of a list; `next` is the address of the following one, null on the last."""

    data: list[T]
    next: str | None


class Problem(Shape):
    """What went wrong (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
