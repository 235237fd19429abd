"""Reads of taxes: the case of each client on a day, the rules, the evidence."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, or_, select

from ezcore.accounts.models import Client
from ezcore.billing.taxes.cases import Buyer, Rates, RuleFacts, Scheme, decide
from ezcore.billing.taxes.models import TaxNumberCheck, TaxRule
from ezcore.billing.taxes.rules import TaxCase, TaxRate
from ezcore.kernel.errors import NotFound
from ezcore.work import UnitOfWork

_AT_ONCE = 500  # ids in one IN list: SQLite takes 32766 parameters, and plans stay short

_FACTS = (
    Client.id,
    Client.country,
    Client.region,
    Client.tax_number,
    Client.tax_number_state,
    Client.tax_exempt,
    Client.tax_exempt_reason,
)


def cases(uow: UnitOfWork, client_ids: Collection[int], on: date) -> dict[int, TaxCase]:
    """What each client pays on this day (the tax point); two queries for up to 500 clients.

    Clients in the same position share one case. Raises: NotFound; NoTaxRate.
    """
    found = cases_of(uow, _buyers(uow, client_ids), on)
    if len(found) != len(set(client_ids)):
        raise NotFound("There is no such client")
    return found


def cases_of(uow: UnitOfWork, buyers: Mapping[int, Buyer], on: date) -> dict[int, TaxCase]:
    """As `cases`, for clients that were read already. Raises: NoTaxRate."""
    scheme, rates = scheme_of(uow), rates_on(uow, on)
    known: dict[Buyer, TaxCase] = {}
    found: dict[int, TaxCase] = {}
    for client_id, buyer in buyers.items():
        if buyer not in known:
            known[buyer] = decide(buyer, scheme, rates)
        found[client_id] = known[buyer]
    return found


def case_of(uow: UnitOfWork, client_id: int, on: date) -> TaxCase:
    """What one client pays on this day. Raises: NotFound; NoTaxRate."""
    return cases(uow, (client_id,), on)[client_id]


def case_for(uow: UnitOfWork, buyer: Buyer, on: date) -> TaxCase:
    """What somebody like this would pay: estimates for visitors, previews for staff. Raises: NoTaxRate."""
    return decide(buyer, scheme_of(uow), rates_on(uow, on))


def scheme_of(uow: UnitOfWork) -> Scheme:
    """How the shop charges tax."""
    tax = uow.settings.tax
    return Scheme(tax.scheme, tax.seller_country, tax.inclusive, tax.oss)


def rates_on(uow: UnitOfWork, on: date) -> Rates:
    """The rules that are valid on a day. None are read where the shop charges no tax."""
    if uow.settings.tax.scheme == "none":
        return Rates(())
    valid = (TaxRule.valid_from <= on, or_(TaxRule.valid_until.is_(None), TaxRule.valid_until > on))
    return Rates(_facts(rule) for rule in uow.session.scalars(select(TaxRule).where(*valid)))


def rules(uow: UnitOfWork) -> Sequence[TaxRule]:
    """Every rule, by place, the newest first."""
    order = (TaxRule.country, TaxRule.region, TaxRule.tax_class, TaxRule.level, TaxRule.valid_from.desc())
    return uow.session.scalars(select(TaxRule).order_by(*order)).all()


def evidence(uow: UnitOfWork, client_id: int) -> Sequence[TaxNumberCheck]:
    """What was asked and answered about a client's tax numbers, the newest first."""
    query = select(TaxNumberCheck).where(TaxNumberCheck.client_id == client_id)
    return uow.session.scalars(query.order_by(TaxNumberCheck.id.desc()).limit(100)).all()


def buyer_of(client: Client | Row[*tuple[Any, ...]]) -> Buyer:
    """What decides about this client's tax, from the client or from a row with those columns."""
    return Buyer(
        client.country,
        client.region,
        client.tax_number,
        client.tax_number_state,
        client.tax_exempt,
        client.tax_exempt_reason,
    )


def _buyers(uow: UnitOfWork, client_ids: Collection[int]) -> dict[int, Buyer]:
    found: dict[int, Buyer] = {}
    wanted = sorted(set(client_ids))
    for start in range(0, len(wanted), _AT_ONCE):
        some = Client.id.in_(wanted[start : start + _AT_ONCE])
        for row in uow.session.execute(select(*_FACTS).where(some)):
            found[row.id] = buyer_of(row)
    return found


def _facts(rule: TaxRule) -> RuleFacts:
    category = "S" if rule.rate_ppm else "Z"
    rate = TaxRate(rule.name, rule.rate_ppm, rule.level, rule.compound, rule.id, category)
    return RuleFacts(rule.country, rule.region, rule.tax_class, rate)
