"""The statement of account: every event between two days with the running balance, also as a file."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from sqlalchemy import select

from ezcore.billing.invoices.models import Invoice
from ezcore.billing.ledger import queries
from ezcore.billing.ledger.queries import Statement
from ezcore.web.shared.csv_file import csv_response
from ezcore.web.shared.request import EzRequest
from ezcore.web.shared.views import page

WORDS = {
    "invoice": "Invoice",
    "cancellation": "Invoice cancelled",
    "payment": "Payment, thank you",
    "credit_note": "Credit note",
    "write_off": "Written off",
    "funds": "Funds added",
    "adjustment": "Credit changed by us",
    "refund": "Refund",
    "refund_request": "Given back",
    "refund_failed": "Refund that did not arrive",
    "dispute": "Payment disputed",
}
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@page("statement", "/billing/statement/", permission="client.billing", template="client/statement.pt")
def show_statement(request: EzRequest) -> dict[str, Any]:
    """Dates that are none, or the wrong way round, are answered with this year."""
    first, last, currency = _asked(request)
    found = _statement(request)
    return {
        "found": found,
        "first": first,
        "last": last,
        "currency": currency,
        "currencies": queries.currencies_of(request.uow, request.client_id),
        "word": _word,
        "numbers": _numbers(request, found),
    }


@page("statement.csv", "/billing/statement/statement.csv", permission="client.billing")
def statement_file(request: EzRequest) -> Any:
    """The same as a file for a spreadsheet."""
    first, last, currency = _asked(request)
    found = _statement(request)
    rows: list[tuple[object, ...]] = [(first, "Opening balance", "", currency, None, found.opening)]
    numbers = _numbers(request, found)
    rows += [
        (row.on, _word(row.kind), numbers.get(row.key, ("", row.key))[1], currency, row.amount, row.balance)
        for row in found.rows
    ]
    head = ("date", "what", "reference", "currency", "amount", "balance")
    return csv_response(f"statement-{first}-{last}-{currency}.csv", head, rows)


def _statement(request: EzRequest) -> Statement:
    first, last, currency = _asked(request)
    return queries.statement(request.uow, request.client_id, currency, first, last)


def _numbers(request: EzRequest, found: Statement) -> dict[str, tuple[str, str]]:
    """The page and the printed number of each event that has a document, by the event's key."""
    query = select(Invoice.id, Invoice.number).where(
        Invoice.client_id == request.client_id, Invoice.number.is_not(None)
    )
    invoices = {str(number_id): number for number_id, number in request.uow.session.execute(query)}
    numbers = {}
    for row in found.rows:
        kind, _, name = row.key.partition(":")
        if kind == "invoice" and (number := invoices.get(name.partition(":")[0])):
            numbers[row.key] = ("invoice", number)
        elif kind == "credit_note":
            numbers[row.key] = ("credit_note", name)
    return numbers


def _asked(request: EzRequest) -> tuple[date, date, str]:
    today = request.uow.today()
    first, last = _day(request.GET.get("from")), _day(request.GET.get("to"))
    first, last = first or date(today.year, 1, 1), last or today
    if first > last:
        first, last = date(today.year, 1, 1), today
    known = queries.currencies_of(request.uow, request.client_id)
    wanted = request.GET.get("currency", "")
    usual = request.settings.shop.currency
    return first, last, wanted if wanted in known else usual if usual in known or not known else known[0]


def _day(text: str | None) -> date | None:
    if text is None or not _DAY.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _word(kind: str) -> str:
    return WORDS.get(kind, kind.replace("_", " ").capitalize())
