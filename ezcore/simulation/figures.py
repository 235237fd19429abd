"""The figures of a simulated shop: cash flow, recurring revenue, ageing, jobs. Amounts in minor units."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from datetime import date
from typing import Any

from sqlalchemy import func, select

from ezcore.billing.invoices.models import Invoice, InvoiceStatus
from ezcore.billing.ledger.models import Journal, LedgerEntry
from ezcore.jobs.models import Job, JobState
from ezcore.services.services.models import Service, ServiceState
from ezcore.work import UnitOfWork

AGES = ((0, "not due"), (30, "1-30 days"), (60, "31-60 days"), (90, "61-90 days"))
OLDER = "over 90 days"
MONTHS = {"day": (30, 1), "week": (30, 7), "month": (1, 1), "year": (1, 12)}
"""Cycle unit -> a month's share of its price: times the first, divided by the second."""


def cash_flow(uow: UnitOfWork) -> list[dict[str, Any]]:
    """Money that moved through cash accounts, per month and currency; fees are told apart (read from the ledger)."""
    rows = uow.session.execute(
        select(Journal.on, LedgerEntry.currency, LedgerEntry.account, func.sum(LedgerEntry.minor))
        .join(LedgerEntry, LedgerEntry.journal_id == Journal.id)
        .where(LedgerEntry.account.like("cash:%") | (LedgerEntry.account == "gateway_fees"))
        .group_by(Journal.on, LedgerEntry.currency, LedgerEntry.account)
    )
    found: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for day, currency, account, minor in rows:
        found[f"{day:%Y-%m}", currency][account.removeprefix("cash:")] += int(minor)
    return [
        {"month": month, "currency": currency, **dict(sorted(accounts.items()))}
        for (month, currency), accounts in sorted(found.items())
    ]


def recurring_revenue(uow: UnitOfWork) -> dict[str, int]:
    """What active services bring a month, per currency, years and weeks brought to a month."""
    services = uow.session.scalars(select(Service).where(Service.state == ServiceState.ACTIVE)).all()
    found: Counter[str] = Counter()
    for service in services:
        if service.cycle.unit != "once" and service.cancel_on is None:
            times, parts = MONTHS[service.cycle.unit]
            found[service.currency] += service.price_minor * times // (parts * service.cycle.count)
    return dict(sorted(found.items()))


def ageing(uow: UnitOfWork, today: date) -> dict[str, dict[str, int]]:
    """What is owed, by how long it has been due, per currency."""
    invoices = uow.session.scalars(select(Invoice).where(Invoice.status == InvoiceStatus.UNPAID)).all()
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for invoice in invoices:
        late = (today - invoice.due_on).days if invoice.due_on is not None else 0
        age = next((name for days, name in AGES if late <= days), OLDER)
        found[invoice.currency][age] += invoice.balance_due.minor
    return {currency: dict(sorted(ages.items())) for currency, ages in sorted(found.items())}


def jobs(uow: UnitOfWork) -> dict[str, dict[str, int]]:
    """How many jobs of each kind stand in each state; finished ones as long as housekeeping keeps them."""
    rows = uow.session.execute(select(Job.kind, Job.state, func.count()).group_by(Job.kind, Job.state))
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for kind, state, count in rows:
        found[kind][str(state)] = count
    return {kind: dict(sorted(states.items())) for kind, states in sorted(found.items())}


def stuck(uow: UnitOfWork) -> dict[str, int]:
    """Why jobs wait for a person or were given up, without the figures of each case."""
    waiting = (JobState.NEEDS_INFO, JobState.FAILED)
    rows = uow.session.execute(select(Job.kind, Job.cause).where(Job.state.in_(waiting)))
    found = Counter(f"{kind}: {_FIGURES.sub('#', cause or '')[:160]}" for kind, cause in rows)
    return dict(sorted(found.items()))


_FIGURES = re.compile(r"\b\w*\d\w*\b")
