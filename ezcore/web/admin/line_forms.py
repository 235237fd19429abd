"""Lines that staff type: description, quantity, unit price, tax class; each error stands at its own field."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy import or_, select

from ezcore.accounts.models import Client
from ezcore.billing.invoices.operations.draft import item
from ezcore.billing.invoices.rules import LineDraft
from ezcore.billing.taxes.models import TaxRule
from ezcore.kernel.currency import currency as known_currency
from ezcore.kernel.errors import EzError, InvalidInput
from ezcore.kernel.money import Money
from ezcore.web.shared.forms import read_form, sentence
from ezcore.work import UnitOfWork

MOST_LINES = 25
BLANK = 2
LARGEST = 10**13  # of minor units: a hundred billion, far above any invoice and far below what a column holds


class TypedLine(BaseModel):
    """One line as it was typed."""

    description: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""
    quantity: Annotated[int, Field(ge=1, le=9999)] = 1
    unit: Annotated[str, StringConstraints(strip_whitespace=True, max_length=24)] = ""
    tax_class: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)] = "standard"


@dataclass
class Lines:
    """All lines of a form: what was typed by row, the good ones as drafts, errors by the names of their fields."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    drafts: list[LineDraft] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)

    def error(self, name: str) -> str | None:
        """What is wrong with a field."""
        return self.errors.get(name)


def read_lines(request: Any, currency: str) -> Lines:
    """Read the rows of a posted form; rows in which nothing was typed are passed over."""
    found = Lines()
    known = tax_classes(request.uow)
    for index in range(MOST_LINES):
        prefix = f"line-{index}-"
        if prefix + "description" not in request.POST:
            break
        form = read_form(request, TypedLine, prefix=prefix)
        found.rows.append({"quantity": "1", "tax_class": "standard"} | form.values)
        if not any(str(form.values.get(name, "")).strip() for name in ("description", "unit")):
            continue
        for name, text in form.errors.items():
            found.errors[prefix + name] = text
        if form.is_valid:
            _take(found, prefix, form.checked(), currency, known)
    return found


def rows_of(drafts: list[LineDraft]) -> list[dict[str, Any]]:
    """Rows for a form that starts from lines that exist."""
    return [
        {
            "description": draft.description,
            "quantity": str(draft.quantity),
            "unit": f"{draft.amount.decimal:f}",
            "tax_class": draft.tax_class,
        }
        for draft in drafts
    ]


def with_blanks(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Some empty rows at the end to type into."""
    typed = [
        row for row in rows if str(row.get("description", "")).strip() or str(row.get("unit", "")).strip()
    ]
    blank = {"description": "", "quantity": "1", "unit": "", "tax_class": "standard"}
    return [*typed, *({**blank} for _ in range(min(BLANK if typed else 3, MOST_LINES - len(typed))))]


def tax_classes(uow: UnitOfWork) -> list[str]:
    """Classes that can be chosen: those with rules, the usual one, and the one that is never taxed."""
    named = uow.session.scalars(select(TaxRule.tax_class).distinct())
    return ["standard", *sorted({*named, "none"} - {"standard"})]


def client_by(uow: UnitOfWork, typed: str) -> Client:
    """A client by number or address. Raises: InvalidInput(field="client")."""
    text = typed.strip()
    known = Client.email == text.lower()
    if text.isascii() and text.isdigit() and len(text) < 18:  # noqa: PLR2004 - what a column holds
        known = or_(known, Client.id == int(text))
    found = uow.session.scalars(select(Client).where(known).order_by(Client.id)).first()
    if found is None:
        raise InvalidInput("There is no client with this number or address", field="client")
    return found


def currency_by(typed: str) -> str:
    """A currency by its code. Raises: InvalidInput(field="currency")."""
    try:
        return known_currency(typed.strip().upper()).code
    except EzError as error:
        raise InvalidInput(error.message, field="currency") from error


def _take(found: Lines, prefix: str, typed: TypedLine, currency: str, known: list[str]) -> None:
    if not typed.description:
        found.errors[prefix + "description"] = "Fill this in"
    if typed.tax_class not in known:
        found.errors[prefix + "tax_class"] = "Choose one of those offered"
    try:
        unit = Money.parse(typed.unit, currency)
        if abs(unit.minor) * typed.quantity > LARGEST:
            raise InvalidInput("This amount is too large")  # noqa: TRY301 - answered below
    except InvalidInput as error:
        found.errors[prefix + "unit"] = sentence(error.message)
        return
    if not any(name.startswith(prefix) for name in found.errors):
        found.drafts.append(item(typed.description, unit, typed.quantity, typed.tax_class))
