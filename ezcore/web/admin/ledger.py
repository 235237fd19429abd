"""/admin/ledger/: entries by account, kind and day, also as a file; the trial balance on a page of its own."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from sqlalchemy import func, select

from ezcore.billing.ledger import queries
from ezcore.billing.ledger.models import Journal, LedgerEntry
from ezcore.kernel.money import Money
from ezcore.web.admin.tables import MOST_COUNTED, counted, counted_up_to
from ezcore.web.shared.csv_file import csv_response
from ezcore.web.shared.paging import paging
from ezcore.web.shared.views import page

MOST_ROWS = 100_000
KEPT = ("account", "kind", "from", "to")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@page("admin.ledger", "/admin/ledger/", permission="staff.read", template="admin/ledger.pt")
def journals(request: Any) -> dict[str, Any]:
    """The entries that the filters leave, newest first."""
    session = request.uow.session
    query = _entries(request)
    shown = paging(request, counted_up_to(request, query), keep=KEPT, most=MOST_COUNTED)
    return {
        "entries": [
            (journal, entry, Money(entry.minor, entry.currency))
            for journal, entry in session.execute(query.offset(shown.offset).limit(shown.limit))
        ],
        "paging": shown,
        "names": sorted(counted(request, LedgerEntry.account)),
        "kinds": sorted(counted(request, Journal.kind)),
        "chosen": {name: request.GET.get(name, "") for name in KEPT},
        "query_string": request.query_string,
    }


@page(
    "admin.ledger.balance", "/admin/ledger/balance/", permission="staff.read",
    template="admin/ledger_balance.pt",
)  # fmt: skip
def trial_balance(request: Any) -> dict[str, Any]:
    """One row per account and currency; each currency sums to zero. It reads every entry: a report, no list."""
    rows = request.uow.session.execute(
        select(LedgerEntry.account, LedgerEntry.currency, func.sum(LedgerEntry.minor))
        .group_by(LedgerEntry.account, LedgerEntry.currency)
        .order_by(LedgerEntry.currency, LedgerEntry.account)
    ).all()
    totals: dict[str, int] = {} if rows else {request.settings.shop.currency: 0}
    for _account, currency, minor in rows:
        totals[currency] = totals.get(currency, 0) + int(minor)
    return {
        "accounts": [(account, Money(int(minor), currency)) for account, currency, minor in rows],
        "totals": [(currency, minor, Money(minor, currency)) for currency, minor in totals.items()],
    }


@page("admin.ledger.csv", "/admin/ledger/ledger.csv", permission="staff.read")
def entries_file(request: Any) -> Any:
    """The same entries as a file for a spreadsheet."""
    found = request.uow.session.execute(_entries(request).limit(MOST_ROWS))
    head = ("journal", "day", "kind", "key", "account", "client", "currency", "debit", "credit", "note")
    rows = []
    for journal, entry in found:
        amount = Money(entry.minor, entry.currency)
        debit, back = (amount, None) if amount.is_positive else (None, -amount)
        rows.append(
            (
                journal.id,
                journal.on,
                journal.kind,
                journal.key,
                entry.account,
                entry.client_id,
                entry.currency,
                debit,
                back,
                journal.note,
            )
        )
    return csv_response("ledger.csv", head, rows)


def _entries(request: Any) -> Any:
    """A filter that is none (a date that is no date) filters nothing."""
    return queries.entries(
        request.GET.get("account", "")[:60],
        request.GET.get("kind", "")[:40],
        _day(request.GET.get("from")),
        _day(request.GET.get("to")),
    )


def _day(text: str | None) -> date | None:
    if text is None or not _DAY.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
