"""/admin/billable/: what is to be invoiced later, once or again and again."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from markupsafe import escape
from pydantic import BaseModel, Field, StringConstraints
from pyramid.httpexceptions import HTTPSeeOther
from sqlalchemy import select

from ezcore.accounts.models import Client
from ezcore.billing.billable import operations as billable
from ezcore.billing.billable import queries
from ezcore.billing.billable.models import BillableItem
from ezcore.kernel.errors import InvalidInput
from ezcore.kernel.money import Money
from ezcore.languages import say
from ezcore.web.admin.line_forms import client_by, currency_by, tax_classes
from ezcore.web.admin.tables import Column, counted, listing, state_filters, under
from ezcore.web.shared.flash import flash
from ezcore.web.shared.forms import Form, read_form
from ezcore.web.shared.markup import badge, day, money
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.status import kind_and_word
from ezcore.web.shared.views import page

CYCLES = (
    ("once", "Once"), ("1 week", "Every week"), ("1 month", "Every month"), ("3 months", "Every 3 months"),
    ("1 year", "Every year"),
)  # fmt: skip


class Item(BaseModel):
    """A billable item as it is typed."""

    client: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=254)]
    description: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
    quantity: Annotated[int, Field(ge=1, le=9999)] = 1
    unit: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=24)]
    currency: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=3)]
    tax_class: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)] = "standard"
    when: Literal["now", "next", "on"] = "next"
    on: date | None = None
    cycle: Literal["once", "1 week", "1 month", "3 months", "1 year"] = "once"
    times: Annotated[int, Field(ge=1, le=9999)] | None = None


@page("admin.billable", "/admin/billable/", permission="staff.read", template="admin/billable.pt")
def list_items(request: Any) -> dict[str, Any]:
    """Items, newest first, and the form for another."""
    return _facts(request, Form(values=_blank(request)))


@page(
    "admin.billable", "/admin/billable/", method="POST", permission="billing.manage", audit="billable.add",
    template="admin/billable.pt",
)  # fmt: skip
def add(request: Any) -> Any:
    """Note an item; one that is due now is invoiced at once."""
    form = read_form(request, Item)
    if form.is_valid:
        try:
            _add(request, form.checked())
        except InvalidInput as error:
            form.refuse(error)
        else:
            flash(request, "ok", "Noted")
            return HTTPSeeOther(request.route_path("admin.billable"))
    request.response.status_code = 422
    return _facts(request, form)


@page(
    "admin.billable.stop", "/admin/billable/{id}/stop/", method="POST", permission="billing.manage",
    audit="billable.stop",
)  # fmt: skip
def stop(request: Any) -> Any:
    """No more of it."""
    billable.stop(request.uow, queries.by_id(request.uow, path_id(request)))
    flash(request, "ok", "It will not be invoiced again")
    return HTTPSeeOther(request.route_path("admin.billable"))


def _add(request: Any, typed: Item) -> None:
    currency = currency_by(typed.currency)
    try:
        unit = Money.parse(typed.unit, currency)
    except InvalidInput as error:
        raise InvalidInput(error.message, field="unit") from error
    if typed.tax_class not in tax_classes(request.uow):
        raise InvalidInput("Choose one of those offered", field="tax_class")
    billable.add(
        request.uow,
        client_by(request.uow, typed.client).id,
        typed.description,
        unit,
        when=typed.when,
        on=typed.on,
        cycle=typed.cycle,
        times=typed.times,
        quantity=typed.quantity,
        tax_class=typed.tax_class,
    )


def _blank(request: Any) -> dict[str, Any]:
    client = request.GET.get("client", "")
    known = client if client.isascii() and client.isdigit() else ""
    return {"client": known, "currency": request.settings.shop.currency, "quantity": "1", "when": "next"}


def _facts(request: Any, form: Form[Item]) -> dict[str, Any]:
    counts = counted(request, BillableItem.state)
    query = (
        select(BillableItem, Client.name)
        .join(Client, Client.id == BillableItem.client_id)
        .order_by(BillableItem.id.desc())
    )
    if request.GET.get("state") in counts:
        query = query.where(BillableItem.state == request.GET["state"])

    opened: list[BillableItem] = []  # those of this page that can be stopped

    def row(found: Any) -> list[Any]:
        item, client = found
        if item.state == "open":
            opened.append(item)
        left = say("until stopped") if item.left is None else say("${left} left", left=item.left)
        return [
            escape(item.description) + under(client),
            badge(item.state),
            day(item.on) if item.on else say("with the next invoice"),
            f"{say(str(item.cycle))}, {left}" if item.cycle != "once" else say("once"),
            money(item.unit.times(item.quantity)),
        ]

    found = listing(
        request,
        query,
        row,
        title="Billable items",
        lead="Work and goods to invoice later. Items of the next invoice go with the client's next renewal.",
        columns=(
            Column("Item"),
            Column("State", "c-r"),
            Column("When"),
            Column("Repeats"),
            Column("Amount", "end"),
        ),
        keep=("state",),
        filters=state_filters(request, counts, "state", lambda state: kind_and_word(state)[1]),
        empty="Nothing is noted.",
    ).page()
    choices = {"cycle": CYCLES, "tax_class": [(one, one) for one in tax_classes(request.uow)]}
    return {**found, "form": form, "errors": form.errors, "choices": choices, "opened": opened}
