"""/admin/drafts/: invoices and debit notes that staff write by hand, until they are issued."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, StringConstraints
from pyramid.httpexceptions import HTTPSeeOther
from sqlalchemy import select

from ezcore.accounts.models import Client
from ezcore.billing.invoices import operations as invoices
from ezcore.billing.invoices import queries
from ezcore.billing.invoices.models import Invoice, InvoiceKind, InvoiceStatus
from ezcore.billing.invoices.operations.draft import drafts_of
from ezcore.kernel.errors import InvalidInput, Refused
from ezcore.web.admin.line_forms import (
    Lines,
    client_by,
    currency_by,
    read_lines,
    rows_of,
    tax_classes,
    with_blanks,
)
from ezcore.web.admin.tables import Column, link, listing
from ezcore.web.shared.flash import flash
from ezcore.web.shared.forms import Form, read_form
from ezcore.web.shared.invoice_names import title_of
from ezcore.web.shared.markup import day, money
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.views import page

TEMPLATE = "admin/draft.pt"


class Head(BaseModel):
    """Everything of a draft but its lines."""

    client: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=254)]
    currency: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=3)]
    kind: Literal["invoice", "debit_note"]
    due_on: date
    note: Annotated[str, StringConstraints(max_length=2000)] = ""


@page("admin.drafts", "/admin/drafts/", permission="billing.manage", template="admin/drafts.pt")
def list_drafts(request: Any) -> dict[str, Any]:
    """Drafts, newest first."""
    query = (
        select(Invoice, Client.name)
        .join(Client, Client.id == Invoice.client_id)
        .where(Invoice.status == InvoiceStatus.DRAFT, Invoice.number.is_(None))
    )

    def row(found: Any) -> list[Any]:
        draft, client = found
        name = link(request, f"{title_of(draft)} {draft.id}", "admin.draft", client, id=draft.id)
        return [name, day(draft.due_on), money(draft.total)]

    return listing(
        request,
        query.order_by(Invoice.id.desc()),
        row,
        title="Drafts",
        lead="Invoices and debit notes that are not issued yet. Nothing of them is owed.",
        columns=(Column("Draft"), Column("Due"), Column("Total", "end")),
        empty="No draft.",
    ).page()


@page("admin.draft.new", "/admin/drafts/new/", permission="billing.manage", template=TEMPLATE)
def new(request: Any) -> dict[str, Any]:
    """An empty form; `?client=` and `?kind=` fill it in."""
    client = request.GET.get("client", "")
    form: Form[Head] = Form(
        values={
            "client": client if client.isascii() and client.isdigit() else "",
            "currency": request.settings.shop.currency,
            "kind": "debit_note" if request.GET.get("kind") == "debit_note" else "invoice",
            "due_on": (request.uow.today() + timedelta(days=14)).isoformat(),
        }
    )
    return _facts(request, form, Lines())


@page(
    "admin.draft.new", "/admin/drafts/new/", method="POST", permission="billing.manage",
    audit="invoice.draft", template=TEMPLATE,
)  # fmt: skip
def create(request: Any) -> Any:
    """Write the draft; bad input stands at its field."""
    return _save(request, None)


@page("admin.draft", "/admin/drafts/{id}/", permission="billing.manage", template=TEMPLATE)
def show(request: Any) -> dict[str, Any]:
    """A draft with its sums."""
    draft = queries.draft(request.uow, path_id(request))
    return _facts(request, _form_of(draft), _lines_of(request, draft), draft)


@page(
    "admin.draft", "/admin/drafts/{id}/", method="POST", permission="billing.manage",
    audit="invoice.draft", template=TEMPLATE,
)  # fmt: skip
def change(request: Any) -> Any:
    """Write it anew."""
    return _save(request, queries.draft(request.uow, path_id(request)))


@page(
    "admin.draft.issue", "/admin/drafts/{id}/issue/", method="POST", permission="billing.manage",
    audit="invoice.issue", template=TEMPLATE,
)  # fmt: skip
def issue(request: Any) -> Any:
    """From now on it is owed, and can only be corrected by a credit note."""
    draft = queries.draft(request.uow, path_id(request))
    try:
        issued = invoices.issue_draft(request.uow, draft)
    except InvalidInput as error:
        form = _form_of(draft)
        form.refuse(error)
        request.response.status_code = 422
        return _facts(request, form, _lines_of(request, draft), draft)
    flash(request, "ok", f"{title_of(issued)} is issued")
    return HTTPSeeOther(request.route_path("admin.invoice", number=issued.number))


@page(
    "admin.draft.discard", "/admin/drafts/{id}/discard/", method="POST", permission="billing.manage",
    audit="invoice.discard",
)  # fmt: skip
def discard(request: Any) -> Any:
    """Throw it away."""
    invoices.discard(request.uow, queries.draft(request.uow, path_id(request)))
    flash(request, "ok", "The draft is thrown away")
    return HTTPSeeOther(request.route_path("admin.drafts"))


def _save(request: Any, draft: Invoice | None) -> Any:
    form = read_form(request, Head)
    currency = str(form.values.get("currency", "")).strip().upper() or request.settings.shop.currency
    try:
        currency = currency_by(currency)
        client = client_by(request.uow, str(form.values.get("client", "")))
    except InvalidInput as error:
        form.errors.setdefault(error.field or "client", error.message)
        known = currency if error.field != "currency" else request.settings.shop.currency
        return _again(request, form, read_lines(request, known), draft)
    lines = read_lines(request, currency)
    if request.POST.get("step") == "more":
        return _facts(request, form, lines, draft)
    if not form.is_valid or lines.errors:
        return _again(request, form, lines, draft)
    head = form.checked()
    try:
        if draft is not None and client.id != draft.client_id:
            raise InvalidInput("A draft stays with its client", field="client")  # noqa: TRY301 - answered below
        saved = invoices.save_draft(
            request.uow,
            client.id,
            currency,
            lines.drafts,
            due_on=head.due_on,
            kind=InvoiceKind(head.kind),
            note=head.note,
            draft=draft,
        )
    except InvalidInput as error:
        form.refuse(error)
        return _again(request, form, lines, draft)
    except Refused as error:
        form.errors["form"] = error.message[:1].upper() + error.message[1:]
        return _again(request, form, lines, draft)
    flash(request, "ok", "The draft is saved")
    return HTTPSeeOther(request.route_path("admin.draft", id=saved.id))


def _again(request: Any, form: Form[Head], lines: Lines, draft: Invoice | None) -> dict[str, Any]:
    request.response.status_code = 422
    return _facts(request, form, lines, draft)


def _form_of(draft: Invoice) -> Form[Head]:
    return Form(
        values={
            "client": str(draft.client_id),
            "currency": draft.currency,
            "kind": str(draft.kind),
            "due_on": draft.due_on.isoformat(),
            "note": draft.notes[0]["text"] if draft.notes else "",
        }
    )


def _lines_of(request: Any, draft: Invoice) -> Lines:
    return Lines(rows=rows_of(drafts_of(draft, inclusive=request.settings.tax.inclusive)))


def _facts(request: Any, form: Form[Head], lines: Lines, draft: Invoice | None = None) -> dict[str, Any]:
    return {
        "form": form,
        "rows": with_blanks(lines.rows),
        "line_error": lines.error,
        "errors": form.errors | lines.errors,
        "draft": draft if draft is not None and draft.id is not None else None,
        "tax_classes": tax_classes(request.uow),
        "inclusive": request.settings.tax.inclusive,
        "kinds": (("invoice", "Invoice"), ("debit_note", "Debit note")),
    }
