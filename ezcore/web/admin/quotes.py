"""/admin/quotes/: write an offer, send it, say yes for a client who said so."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any

from pydantic import BaseModel, StringConstraints
from pyramid.httpexceptions import HTTPSeeOther
from sqlalchemy import select

from ezcore.accounts.models import Client
from ezcore.billing.invoices.models import Invoice
from ezcore.billing.invoices.operations.draft import item
from ezcore.billing.quotes import operations as quotes
from ezcore.billing.quotes import queries
from ezcore.billing.quotes.models import Quote
from ezcore.kernel.errors import InvalidInput, Refused
from ezcore.languages import say
from ezcore.web.admin.line_forms import (
    Lines,
    client_by,
    currency_by,
    read_lines,
    rows_of,
    tax_classes,
    with_blanks,
)
from ezcore.web.admin.tables import Column, counted, link, listing, state_filters
from ezcore.web.shared.flash import flash
from ezcore.web.shared.forms import Form, read_form
from ezcore.web.shared.markup import badge, day, money
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.status import kind_and_word
from ezcore.web.shared.views import page

TEMPLATE = "admin/quote.pt"


class Head(BaseModel):
    """Everything of a quote but its lines."""

    client: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=254)]
    currency: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=3)]
    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
    valid_until: date
    note: Annotated[str, StringConstraints(max_length=2000)] = ""


class Answer(BaseModel):
    """Who said yes, or no, and how we know."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=120)]


@page("admin.quotes", "/admin/quotes/", permission="staff.read", template="admin/quotes.pt")
def list_quotes(request: Any) -> dict[str, Any]:
    """Every quote, newest first."""
    counts = counted(request, Quote.status)
    query = select(Quote, Client.name).join(Client, Client.id == Quote.client_id).order_by(Quote.id.desc())
    if request.GET.get("status") in counts:
        query = query.where(Quote.status == request.GET["status"])

    def row(found: Any) -> list[Any]:
        quote, client = found
        name = link(
            request, f"{quote.number or say('Draft')} {quote.title}", "admin.quote", client, id=quote.id
        )
        return [name, badge(quote.status), day(quote.valid_until), money(quote.total)]

    return listing(
        request,
        query,
        row,
        title="Quotes",
        columns=(Column("Quote"), Column("Status", "c-r"), Column("Good until"), Column("Total", "end")),
        keep=("status",),
        filters=state_filters(request, counts, "status", lambda state: kind_and_word(state)[1]),
        empty="No quote yet.",
    ).page()


@page("admin.quote.new", "/admin/quotes/new/", permission="billing.manage", template=TEMPLATE)
def new(request: Any) -> dict[str, Any]:
    """An empty form."""
    client = request.GET.get("client", "")
    last = request.uow.today() + timedelta(days=request.settings.billing.quote_days)
    values = {
        "client": client if client.isascii() and client.isdigit() else "",
        "currency": request.settings.shop.currency,
        "valid_until": last.isoformat(),
    }
    return _facts(request, Form(values=values), Lines())


@page(
    "admin.quote.new", "/admin/quotes/new/", method="POST", permission="billing.manage",
    audit="quote.save", template=TEMPLATE,
)  # fmt: skip
def create(request: Any) -> Any:
    """Write the draft of a quote."""
    return _save(request, None)


@page("admin.quote", "/admin/quotes/{id}/", permission="staff.read", template=TEMPLATE)
def show(request: Any) -> dict[str, Any]:
    """A quote: its form while it is a draft, its answer afterwards."""
    quote = queries.by_id(request.uow, path_id(request))
    return _facts(request, _form_of(quote), _lines_of(quote), quote)


@page(
    "admin.quote", "/admin/quotes/{id}/", method="POST", permission="billing.manage",
    audit="quote.save", template=TEMPLATE,
)  # fmt: skip
def change(request: Any) -> Any:
    """Write it anew."""
    return _save(request, queries.by_id(request.uow, path_id(request)))


@page(
    "admin.quote.send", "/admin/quotes/{id}/send/", method="POST", permission="billing.manage",
    audit="quote.send", template=TEMPLATE,
)  # fmt: skip
def send(request: Any) -> Any:
    """Mail it with a new link."""
    quote = queries.by_id(request.uow, path_id(request))
    try:
        quotes.send(request.uow, quote)
    except InvalidInput as error:
        form = _form_of(quote)
        form.refuse(error)
        request.response.status_code = 422
        return _facts(request, form, _lines_of(quote), quote)
    flash(request, "ok", f"Quote {quote.number} is on its way")
    return HTTPSeeOther(request.route_path("admin.quote", id=quote.id))


@page(
    "admin.quote.accept", "/admin/quotes/{id}/accept/", method="POST", permission="billing.manage",
    audit="quote.accept", template=TEMPLATE,
)  # fmt: skip
def accept(request: Any) -> Any:
    """The client said yes some other way: the invoice is issued now."""
    quote, form = queries.by_id(request.uow, path_id(request)), read_form(request, Answer)
    if not form.is_valid:
        request.response.status_code = 422
        return _facts(request, _form_of(quote), _lines_of(quote), quote, form)
    invoice = quotes.accept(request.uow, quote, form.checked().name)
    flash(request, "ok", f"Quote {quote.number} became invoice {invoice.number}")
    return HTTPSeeOther(request.route_path("admin.invoice", number=invoice.number))


@page(
    "admin.quote.decline", "/admin/quotes/{id}/decline/", method="POST", permission="billing.manage",
    audit="quote.decline",
)  # fmt: skip
def decline(request: Any) -> Any:
    """The client said no, or we take it back."""
    quote = queries.by_id(request.uow, path_id(request))
    quotes.decline(request.uow, quote, request.actor.name)
    flash(request, "ok", f"Quote {quote.number} is closed")
    return HTTPSeeOther(request.route_path("admin.quote", id=quote.id))


def _save(request: Any, quote: Quote | None) -> Any:
    form = read_form(request, Head)
    currency = str(form.values.get("currency", "")).strip().upper() or request.settings.shop.currency
    try:
        currency = currency_by(currency)
        client = client_by(request.uow, str(form.values.get("client", "")))
    except InvalidInput as error:
        form.errors.setdefault(error.field or "client", error.message)
        known = currency if error.field != "currency" else request.settings.shop.currency
        return _again(request, form, read_lines(request, known), quote)
    lines = read_lines(request, currency)
    if request.POST.get("step") == "more":
        return _facts(request, form, lines, quote)
    if not form.is_valid or lines.errors:
        return _again(request, form, lines, quote)
    head = form.checked()
    try:
        if quote is not None and client.id != quote.client_id:
            raise InvalidInput("A quote stays with its client", field="client")  # noqa: TRY301 - answered below
        saved = quotes.save(
            request.uow,
            client.id,
            currency,
            head.title,
            lines.drafts,
            valid_until=head.valid_until,
            note=head.note,
            quote=quote,
        )
    except InvalidInput as error:
        form.refuse(error)
        return _again(request, form, lines, quote)
    except Refused as error:
        form.errors["form"] = error.message[:1].upper() + error.message[1:]
        return _again(request, form, lines, quote)
    flash(request, "ok", "The quote is saved")
    return HTTPSeeOther(request.route_path("admin.quote", id=saved.id))


def _again(request: Any, form: Form[Head], lines: Lines, quote: Quote | None) -> dict[str, Any]:
    request.response.status_code = 422
    return _facts(request, form, lines, quote)


def _form_of(quote: Quote) -> Form[Head]:
    return Form(
        values={
            "client": str(quote.client_id),
            "currency": quote.currency,
            "title": quote.title,
            "valid_until": quote.valid_until.isoformat(),
            "note": quote.note,
        }
    )


def _lines_of(quote: Quote) -> Lines:
    drafts = [item(line.description, line.unit, line.quantity, line.tax_class) for line in quote.lines]
    return Lines(rows=rows_of(drafts))


def _facts(
    request: Any,
    form: Form[Head],
    lines: Lines,
    quote: Quote | None = None,
    answer: Form[Answer] | None = None,
) -> dict[str, Any]:
    answer = answer or Form()
    invoice = request.uow.session.get(Invoice, quote.invoice_id) if quote and quote.invoice_id else None
    return {
        "form": form,
        "answer": answer,
        "rows": with_blanks(lines.rows),
        "line_error": lines.error,
        "errors": form.errors | lines.errors | answer.errors,
        "quote": quote,
        "invoice": invoice,
        "editable": (quote is None or quote.status == "draft") and request.actor.may("billing.manage"),
        "tax_classes": tax_classes(request.uow),
        "inclusive": request.settings.tax.inclusive,
    }
