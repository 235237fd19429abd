"""/admin/ledger/: the trial balance, and the latest journals."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from ezcore.billing.ledger import operations as ledger
from ezcore.billing.ledger.models import Journal, LedgerEntry
from ezcore.kernel.money import Money
from ezcore.web.shared.views import page


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
    latest = session.scalars(select(Journal).order_by(Journal.id.desc()).limit(50)).all()
    return {
        "accounts": [(account, Money(int(minor), currency)) for account, currency, minor in rows],
        "totals": [(currency, minor, Money(minor, currency)) for currency, minor in totals.items()],
        "journals": latest,
    }
