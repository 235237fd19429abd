"""What staff do with an issued invoice: credit it, write it off, pay it from credit, copy it."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from pydantic import BaseModel, StringConstraints
from pyramid.httpexceptions import HTTPSeeOther

from ezcore.billing.credit import operations as credit
from ezcore.billing.credit_notes import operations as credit_notes
from ezcore.billing.credit_notes.rules import Part
from ezcore.billing.invoices import operations as invoices
from ezcore.billing.invoices import queries
from ezcore.billing.invoices.models import Invoice
from ezcore.kernel.errors import InvalidInput
from ezcore.kernel.money import Money
from ezcore.web.shared.flash import flash
from ezcore.web.shared.forms import MAX_ECHO, Form, read_form, sentence
from ezcore.web.shared.invoice_names import title_of
from ezcore.web.shared.readable import storable
from ezcore.web.shared.views import page

CREDIT = "admin/credit_note_form.pt"
GIVE_UP = "admin/invoice_write_off.pt"


class Reason(BaseModel):
    """Why."""

    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=400)]


class Amount(BaseModel):
    """How much of the client's credit."""

    amount: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=24)]


@page(
    "admin.invoice.credit_note", "/admin/invoices/{number}/credit-note/", permission="billing.manage",
    template=CREDIT,
)  # fmt: skip
def credit_note_form(request: Any) -> dict[str, Any]:
    """All of it, an amount, or amounts by line; with a preview."""
    return _credit_facts(request, _invoice(request), Form())


@page(
    "admin.invoice.credit_note", "/admin/invoices/{number}/credit-note/", method="POST",
    permission="billing.manage", audit="credit_note.issue", template=CREDIT,
)  # fmt: skip
def credit_note(request: Any) -> Any:
    """Preview (nothing is written), or issue."""
    invoice, form = _invoice(request), read_form(request, Reason)
    wanted: Money | dict[int, Money] | None = None
    try:
        wanted = _wanted(request, invoice)
        parts = credit_notes.preview(request.uow, invoice, wanted)
    except InvalidInput as error:
        form.refuse(error, "amount")
    if not form.is_valid:
        request.response.status_code = 422
        return _credit_facts(request, invoice, form)
    if request.POST.get("step") != "issue":
        return _credit_facts(request, invoice, form, parts)
    note = credit_notes.issue(request.uow, invoice, form.checked().reason, wanted)
    flash(request, "ok", f"Credit note {note.number} over {note.total} is issued")
    return HTTPSeeOther(request.route_path("admin.credit_note", number=note.number))


@page(
    "admin.invoice.write_off", "/admin/invoices/{number}/write-off/", permission="billing.manage",
    template=GIVE_UP,
)  # fmt: skip
def write_off_form(request: Any) -> dict[str, Any]:
    """What it means, and why."""
    return {"invoice": _invoice(request), "form": Form(), "errors": {}}


@page(
    "admin.invoice.write_off", "/admin/invoices/{number}/write-off/", method="POST",
    permission="billing.manage", audit="invoice.write_off", template=GIVE_UP,
)  # fmt: skip
def write_off(request: Any) -> Any:
    """What is open becomes a bad debt."""
    invoice, form = _invoice(request), read_form(request, Reason)
    if not form.is_valid:
        request.response.status_code = 422
        return {"invoice": invoice, "form": form, "errors": form.errors}
    amount = invoices.write_off(request.uow, invoice, form.checked().reason)
    flash(request, "ok", f"{amount} of invoice {invoice.number} is written off")
    return _back(request, invoice)


@page(
    "admin.invoice.apply_credit", "/admin/invoices/{number}/apply-credit/", method="POST",
    permission="billing.manage", audit="invoice.apply_credit",
)  # fmt: skip
def apply_credit(request: Any) -> Any:
    """Pay it from the client's credit, as far as that goes."""
    invoice = _invoice(request)
    amount = Money.parse(read_form(request, Amount).checked().amount, invoice.currency)
    credit.spend(request.uow, invoice, amount)
    flash(request, "ok", f"{amount} of credit is applied")
    return _back(request, invoice)


@page(
    "admin.invoice.duplicate", "/admin/invoices/{number}/duplicate/", method="POST",
    permission="billing.manage", audit="invoice.draft",
)  # fmt: skip
def duplicate(request: Any) -> Any:
    """A draft with the same lines."""
    due_on = request.uow.today() + timedelta(days=14)
    draft = invoices.duplicate(request.uow, _invoice(request), due_on)
    flash(request, "ok", "This is a copy. It is a draft until you issue it.")
    return HTTPSeeOther(request.route_path("admin.draft", id=draft.id))


def _invoice(request: Any) -> Invoice:
    return queries.by_number(request.uow, request.matchdict["number"])


def _back(request: Any, invoice: Invoice) -> HTTPSeeOther:
    return HTTPSeeOther(request.route_path("admin.invoice", number=invoice.number))


def _wanted(request: Any, invoice: Invoice) -> Money | dict[int, Money] | None:
    """What the form asks for: everything (nothing typed), an amount, or amounts by line. Raises: InvalidInput."""
    by_line: dict[int, Money] = {}
    for line in invoice.lines:
        typed = _typed(request, f"line-{line.id}")
        if not typed:
            continue
        try:
            by_line[line.id] = Money.parse(typed, invoice.currency)
        except InvalidInput as error:
            raise InvalidInput(error.message, field=f"line-{line.id}") from error
    typed = _typed(request, "amount")
    if by_line and typed:
        raise InvalidInput("write an amount, or amounts by line, not both", field="amount")
    if by_line:
        return by_line
    return Money.parse(typed, invoice.currency) if typed else None


def _typed(request: Any, name: str) -> str:
    """A field as it was typed, once: what is not understood must not mean "everything". Raises: InvalidInput."""
    sent = request.POST.getall(name) or [""]
    if len(sent) > 1:
        raise InvalidInput("this was sent more than once", field=name)
    if not isinstance(sent[0], str):
        raise InvalidInput("write an amount like 12.50", field=name)
    return sent[0].strip()


def _echo(request: Any, name: str) -> str:
    """What was typed, for the form that is shown again."""
    sent = request.POST.get(name, "")
    return sent[:MAX_ECHO] if isinstance(sent, str) and storable(sent) else ""


def _credit_facts(
    request: Any, invoice: Invoice, form: Form[Reason], parts: list[Part] | None = None
) -> dict[str, Any]:
    left = credit_notes.left_of(request.uow, invoice)
    total = Money.total((part.gross for part in parts or ()), invoice.currency)
    applied = min(total, invoice.balance_due)
    return {
        "invoice": invoice,
        "name": title_of(invoice),
        "left": left,
        "left_total": Money.total((part.gross for part in left.values()), invoice.currency),
        "form": form,
        "errors": {name: sentence(text) for name, text in form.errors.items()},
        "typed": lambda name: _echo(request, name),
        "parts": {part.line_id: part for part in parts} if parts is not None else None,
        "total": total,
        "applied": applied,
        "to_credit": total - applied,
    }
