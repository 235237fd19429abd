"""Change a service to another product, cycle or other options. The page is a preview; what it shows is charged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from pyramid.httpexceptions import HTTPSeeOther

from ezcore.automation import early
from ezcore.billing.invoices.models import Invoice
from ezcore.catalog.options.rules import default_answer, is_asked
from ezcore.catalog.products.models import Price, Product
from ezcore.catalog.products.rules import choice_amounts, prices_on
from ezcore.kernel.errors import InvalidInput, Refused
from ezcore.kernel.money import Money
from ezcore.orders.changes import operations as changes
from ezcore.orders.changes import queries
from ezcore.orders.changes.queries import Preview
from ezcore.services.services.models import Service
from ezcore.web.client.reads import ServiceRow, service_row
from ezcore.web.shared import cycles
from ezcore.web.shared.asked import Asked
from ezcore.web.shared.flash import flash
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.request import EzRequest
from ezcore.web.shared.views import page
from ezcore.work import UnitOfWork

OPTION: Final = "option-"
TEMPLATE: Final = "client/service_change.pt"


@dataclass
class Wanted:
    """What the service is to become, as far as it was said; `why_not` when it cannot be previewed."""

    products: list[Product]
    product: Product
    cycle: str
    answers: dict[str, str]
    prices: list[Price]
    today: date
    asked: list[Asked] = field(default_factory=list)
    preview: Preview | None = None
    why_not: str | None = None
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def per(self) -> str:
        """What stands after the amount a choice adds."""
        price = next((price for price in self.prices if price.cycle_name == self.cycle), None)
        return cycles.per(price.cycle) if price else ""

    def price_of(self, product: Product) -> Money | None:
        """What a plan costs per cycle before its options, to tell the plans apart."""
        currency = next((price.currency for price in self.prices), "")
        found = prices_on(product, self.today)
        return next(
            (one.amount for one in found if (one.cycle_name, one.currency) == (self.cycle, currency)), None
        )


@page(
    "service.change", "/dashboard/services/{id}/change/", permission="client.services", template=TEMPLATE,
)  # fmt: skip
def show(request: EzRequest) -> dict[str, Any]:
    """Choose, and see what it costs today and from the next renewal."""
    row = service_row(request.uow, path_id(request), request.client_id)
    return _page(request.uow, row, read(request.uow, row, request.GET))


@page(
    "service.change", "/dashboard/services/{id}/change/", method="POST", permission="client.services",
    audit="service.change", template=TEMPLATE,
)  # fmt: skip
def confirm(request: EzRequest) -> Any:
    """Order the change at the price that was shown."""
    row = service_row(request.uow, path_id(request), request.client_id)
    wanted = read(request.uow, row, request.POST)
    try:
        expected = Money.parse(str(request.POST.get("expected", "")), row.service.currency)
        change = changes.request(
            request.uow, row.service, wanted.product.slug, wanted.cycle, wanted.answers, expected
        )
    except (InvalidInput, Refused) as error:
        request.response.status_int = 422
        wanted.errors = {getattr(error, "field", None) or "expected": error.message}
        return _page(request.uow, row, wanted)
    if change.invoice_id is not None:
        number = request.uow.session.get_one(Invoice, change.invoice_id).number
        flash(request, "ok", "The change is made as soon as this invoice is paid.")
        return HTTPSeeOther(request.route_path("invoice", number=number))
    flash(request, "ok", f"{row.service.label} is {wanted.product.name} now.")
    return HTTPSeeOther(request.route_path("service", id=row.service.id))


@page(
    "service.change.withdraw", "/dashboard/services/{id}/change/withdraw/", method="POST",
    permission="client.services", audit="invoice.cancel",
)  # fmt: skip
def withdraw(request: EzRequest) -> Any:
    """Take a change back that was not paid."""
    row = service_row(request.uow, path_id(request), request.client_id)
    if changes.withdraw(request.uow, row.service):
        flash(request, "ok", "The change was withdrawn; nothing is owed for it.")
    return HTTPSeeOther(request.route_path("service", id=row.service.id))


@page(
    "service.renew", "/dashboard/services/{id}/renew/", method="POST", permission="client.services",
    audit="service.renew_early", ambient=False,
)  # fmt: skip
def renew(request: EzRequest) -> Any:
    """Invoice the next period now."""
    try:
        number = early.renew(request.work, request.actor, path_id(request))
    except Refused as refused:
        flash(request, "warn", refused.message.capitalize())
        return HTTPSeeOther(request.route_path("service", id=path_id(request)))
    return HTTPSeeOther(request.route_path("invoice", number=number))


def read(uow: UnitOfWork, row: ServiceRow, sent: Mapping[str, Any]) -> Wanted:
    """What was chosen so far; what was not is as the service is now."""
    service, today = row.service, uow.today()
    products = queries.targets(uow, service)
    current = next((one for one in products if one.id == service.product_id), None)
    product = next((one for one in products if one.slug == sent.get("product")), current or row.product)
    prices = [
        price
        for price in prices_on(product, today)
        if price.currency == service.currency and price.cycle.recurs
    ]
    names = [price.cycle_name for price in prices]
    cycle = str(sent.get("cycle", service.cycle_name))
    wanted = Wanted(products, product, cycle if cycle in names else next(iter(names), ""), {}, prices, today)
    _answers(wanted, service, sent)
    try:
        wanted.preview = queries.preview(
            uow, service, product.slug, wanted.cycle, wanted.answers, today, products
        )
    except InvalidInput as error:
        name = f"{OPTION}{error.field}" if error.field in wanted.answers else error.field or "product"
        wanted.errors[name] = error.message
    except Refused as refused:
        wanted.why_not = refused.message
    return wanted


def _answers(wanted: Wanted, service: Service, sent: Mapping[str, Any]) -> None:
    """Answers as sent, else as the service has them, else the defaults; only of options that are asked."""
    price = next((price for price in wanted.prices if price.cycle_name == wanted.cycle), None)
    nothing = Money.zero(service.currency)
    for option in wanted.product.options:
        if not is_asked(option, wanted.answers):
            continue
        said = sent.get(f"{OPTION}{option.key}")
        if said is None and "product" in sent and option.kind == "yesno":
            said = "no"
        answer = str(
            said if said is not None else service.selection.get(option.key) or default_answer(option) or ""
        )
        wanted.answers[option.key] = answer
        adds = [
            (one, *(choice_amounts(one, price) if price else (nothing, nothing))) for one in option.choices
        ]
        wanted.asked.append(Asked(option, adds, answer))


def _page(uow: UnitOfWork, row: ServiceRow, wanted: Wanted) -> dict[str, Any]:
    return {
        "row": row,
        "service": row.service,
        "wish": wanted,
        "found": wanted.preview,
        "errors": wanted.errors,
        "waiting": queries.pending_of(uow, row.service.id),
        "is_asking": any(one.option.shown_if_option for one in wanted.asked),
    }
