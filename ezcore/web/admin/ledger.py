"""/admin/ledger/: the trial balance, and the latest journals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from ezcore.billing.ledger import operations as ledger
from ezcore.billing.ledger.models import Journal, LedgerEntry
from ezcore.kernel.money import Money
from ezcore.web.shared.views import page

JOURNALS_SHOWN = 50


@page("admin.ledger", "/admin/ledger/", permission="staff.read", template="admin/ledger.pt")
def trial_balance(request: Any) -> dict[str, Any]:
    """One row per account and currency; each currency sums to zero."""
    session = request.uow.session
    rows = session.execute(
        select(LedgerEntry.account, LedgerEntry.currency, func.sum(LedgerEntry.minor))
        .group_by(LedgerEntry.account, LedgerEntry.currency)
        .order_by(LedgerEntry.currency, LedgerEntry.account)
    )
    totals = ledger.total(request.uow) or {request.settings.shop.currency: 0}
    latest = session.scalars(select(Journal).order_by(Journal.id.desc()).limit(JOURNALS_SHOWN)).all()
    moved = _moved(session, latest)
    return {
        "accounts": [(account, Money(int(minor), currency)) for account, currency, minor in rows],
        "totals": [(currency, minor, Money(minor, currency)) for currency, minor in totals.items()],
        "journals": [(journal, moved[journal.id]) for journal in latest],
    }


def _moved(session: Any, journals: Sequence[Journal]) -> dict[int, list[Money]]:
    """What each journal moved: the sum of its debits per currency."""
    moved: dict[int, list[Money]] = {journal.id: [] for journal in journals}
    debits = (
        select(LedgerEntry.journal_id, LedgerEntry.currency, func.sum(LedgerEntry.minor))
        .where(LedgerEntry.journal_id.in_(moved), LedgerEntry.minor > 0)
        .group_by(LedgerEntry.journal_id, LedgerEntry.currency)
    )
    for journal_id, currency, minor in session.execute(debits):
        moved[journal_id].append(Money(int(minor), currency))
    return moved
