"""Services, domains and invoices: a list by pages, and one of each. A page follows the last id, so none is skipped."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlencode

from pyramid.response import Response
from sqlalchemy import Select, select

from ezcore.billing.invoices.models import Invoice
from ezcore.catalog.products.models import Product
from ezcore.domain_names.names.models import DomainName
from ezcore.kernel.errors import InvalidInput, NotFound
from ezcore.services.services.models import Service
from ezcore.web.api.v1 import shapes
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.request import EzRequest
from ezcore.web.shared.views import page

LIMIT: Final = 50
MOST: Final = 100
_NUMBER: Final = re.compile(r"[0-9]{1,18}")
Query = Select[*tuple[Any, ...]]


@page("api.services", "/api/v1/services/", permission="client.read", rate="api")
def services(request: EzRequest) -> Response:
    """The services of the client."""
    return _list(request, _services(request), Service.id, _service)


@page("api.service", "/api/v1/services/{id}/", permission="client.read", rate="api")
def service(request: EzRequest) -> Response:
    """One service."""
    return _one(request, _services(request).where(Service.id == path_id(request)), _service)


@page("api.domains", "/api/v1/domains/", permission="client.read", rate="api")
def domains(request: EzRequest) -> Response:
    """The domain names of the client."""
    return _list(request, _domains(request), DomainName.id, _domain)


@page("api.domain", "/api/v1/domains/{id}/", permission="client.read", rate="api")
def domain(request: EzRequest) -> Response:
    """One domain name."""
    return _one(request, _domains(request).where(DomainName.id == path_id(request)), _domain)


@page("api.invoices", "/api/v1/invoices/", permission="client.billing", rate="api")
def invoices(request: EzRequest) -> Response:
    """The issued invoices of the client."""
    return _list(request, _invoices(request), Invoice.id, _invoice)


@page("api.invoice", "/api/v1/invoices/{id}/", permission="client.billing", rate="api")
def invoice(request: EzRequest) -> Response:
    """One issued invoice."""
    return _one(request, _invoices(request).where(Invoice.id == path_id(request)), _invoice)


def _services(request: EzRequest) -> Query:
    query = select(Service, Product.name).join(Product, Product.id == Service.product_id)
    return query.where(Service.client_id == request.client_id)


def _service(row: Any) -> shapes.Service:
    one, product = row
    return shapes.Service(
        id=one.id, label=one.label, product=product, state=str(one.state), price=str(one.price.decimal),
        currency=one.currency, cycle=one.cycle_name, paid_until=one.paid_until,
    )  # fmt: skip


def _domains(request: EzRequest) -> Query:
    return select(DomainName).where(DomainName.client_id == request.client_id)


def _domain(row: Any) -> shapes.Domain:
    return shapes.Domain.model_validate(row[0])


def _invoices(request: EzRequest) -> Query:
    return select(Invoice).where(Invoice.client_id == request.client_id, Invoice.number.is_not(None))


def _invoice(row: Any) -> shapes.Invoice:
    one = row[0]
    return shapes.Invoice(
        id=one.id, number=one.number, status=str(one.status), currency=one.currency,
        total=str(one.total.decimal), balance_due=str(one.balance_due.decimal), issued_on=one.issued_on,
        due_on=one.due_on,
    )  # fmt: skip


def _list(request: EzRequest, query: Query, key: Any, shape: Callable[[Any], shapes.Shape]) -> Response:
    after, limit = _number(request, "after", 0), _number(request, "limit", LIMIT)
    if not 1 <= limit <= MOST:
        raise InvalidInput(f"limit is a number from 1 to {MOST}", field="limit")
    rows = request.uow.session.execute(query.where(key > after).order_by(key).limit(limit + 1)).all()
    shown = rows[:limit]
    more = urlencode({"after": shown[-1][0].id, "limit": limit}) if len(rows) > limit else None
    return _answer({
        "data": [shape(row).model_dump(mode="json") for row in shown],
        "next": f"{request.path}?{more}" if more else None,
    })  # fmt: skip


def _one(request: EzRequest, query: Query, shape: Callable[[Any], shapes.Shape]) -> Response:
    row = request.uow.session.execute(query).first()
    if row is None:
        raise NotFound("There is no such thing")
    return _answer(shape(row).model_dump(mode="json"))


def _number(request: EzRequest, name: str, usual: int) -> int:
    given = request.GET.getall(name)
    if not given:
        return usual
    if len(given) > 1 or _NUMBER.fullmatch(given[0]) is None:
        raise InvalidInput(f"{name} is a whole number, given once", field=name)
    return int(given[0])


def _answer(body: dict[str, Any]) -> Response:
    return Response(json_body=body, content_type="application/json", charset=None)
