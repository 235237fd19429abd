"""Sell endings: keep their rules and prices, take in what a registrar asks, and make a product of each."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from ezcore.audit import operations as audit
from ezcore.domain_names.names.rules import to_ascii
from ezcore.domain_names.tlds import queries
from ezcore.domain_names.tlds.models import Tld, TldMargin, TldPrice
from ezcore.domain_names.tlds.product import sell
from ezcore.domain_names.tlds.rules import ImportRow, Margin, YearsPrice, check_prices, prices_of
from ezcore.kernel.errors import InvalidInput
from ezcore.plugin_api.ports.registrar import TldTerms
from ezcore.work import UnitOfWork

MOST_DAYS = 120


@dataclass(frozen=True)
class TldFacts:
    """What staff may say of an ending; `name` only when it is new."""

    name: str
    registrar: str
    active: bool = True
    min_years: int = 1
    max_years: int = 10
    grace_days: int = 0
    redemption_days: int = 0
    idn: bool = False
    mixed_scripts: bool = False
    ascii_contacts: bool = True
    transfer_needs_code: bool = True
    position: int = 0


def add(uow: UnitOfWork, facts: TldFacts) -> Tld:
    """Sell another ending; it has no prices yet. Raises: NotAllowed, InvalidInput naming the field."""
    uow.actor.require("catalog.manage")
    name = to_ascii(facts.name.strip().lower().lstrip("."), "name")
    if queries.by_name(uow, name) is not None:
        raise InvalidInput(f".{name} is in the table already", field="name")
    _check(facts)
    tld = Tld(**{**asdict(facts), "name": name}, prices=[], costs={})
    uow.session.add(tld)
    uow.session.flush()
    audit.record(uow, "tld.add", "tld", tld.id, after={"name": name, "registrar": facts.registrar})
    return tld


def change(uow: UnitOfWork, tld: Tld, facts: TldFacts) -> None:
    """Write its rules anew; names that are registered already stay where they are. Raises: NotAllowed, InvalidInput."""
    uow.actor.require("catalog.manage")
    _check(facts)
    before = _told(tld)
    for name, value in asdict(facts).items():
        if name != "name":
            setattr(tld, name, value)
    uow.session.flush()
    after = _told(tld)
    audit.record(
        uow,
        "tld.change",
        "tld",
        tld.id,
        before={name: value for name, value in before.items() if after[name] != value},
        after={name: value for name, value in after.items() if before[name] != value},
    )
    sell(uow, tld)


def set_prices(
    uow: UnitOfWork,
    tld: Tld,
    currency: str,
    prices: Sequence[YearsPrice],
    *,
    explicit: bool = True,
    running_from: date | None = None,
) -> None:
    """Sell at exactly these prices in this currency; terms that are not named are not sold any more.

    `explicit`: typed by staff, so that no import replaces them. `running_from`: names that are registered renew at
    these prices from this day on; None: they keep theirs. Raises: NotAllowed, InvalidInput naming the field.
    """
    uow.actor.require("catalog.manage")
    check_prices(prices)
    wanted = {price.years: price for price in prices}
    standing = {row.years: row for row in tld.prices if row.currency == currency}
    before = {years: str(row.renew_price) for years, row in standing.items()}
    for years, row in standing.items():
        if years not in wanted:
            tld.prices.remove(row)
    for years, price in wanted.items():
        known = standing.get(years)
        if known is None:
            known = TldPrice(
                currency=currency, years=years, register_minor=0, renew_minor=0, explicit=explicit
            )
            tld.prices.append(known)
        elif queries.as_years(known) != price or explicit:
            known.explicit = explicit
        known.register_minor, known.renew_minor = price.register.minor, price.renew.minor
        known.transfer_minor = price.transfer.minor if price.transfer is not None else None
        known.restore_minor = price.restore.minor if price.restore is not None else None
    uow.session.flush()
    audit.record(
        uow,
        "tld.prices",
        "tld",
        tld.id,
        before={"renew": before},
        after={"currency": currency, "renew": {years: str(price.renew) for years, price in wanted.items()}},
    )
    sell(uow, tld, running_from=running_from)


def preview_import(
    uow: UnitOfWork, registrar: str, terms: Sequence[TldTerms], margin: Margin, currency: str
) -> list[ImportRow]:
    """What an import would do, ending by ending; nothing is written. Raises: InvalidInput (rate, ending)."""
    known = queries.every(uow, [one.tld for one in terms])
    rows = []
    for one in terms:
        tld = known.get(one.tld)
        if tld is not None and tld.registrar != registrar:
            continue
        mine = [row for row in tld.prices if row.currency == currency] if tld is not None else []
        rows.append(
            ImportRow(
                one,
                prices_of(one, margin, currency),
                {row.years: queries.as_years(row) for row in mine},
                tuple(row.years for row in mine if row.explicit),
                is_new=tld is None,
            )
        )
    return sorted(rows, key=lambda row: row.terms.tld)


def take_in(
    uow: UnitOfWork,
    registrar: str,
    rows: Sequence[ImportRow],
    chosen: Collection[str],
    margin: Margin,
    currency: str,
) -> int:
    """Carry out the chosen rows of an import; prices typed by staff stay. Returns how many endings were written."""
    uow.actor.require("catalog.manage")
    _keep_margin(uow, registrar, currency, margin)
    taken = 0
    for row in rows:
        if row.terms.tld not in chosen:
            continue
        tld = queries.by_name(uow, row.terms.tld) or add(uow, _facts_of(row.terms, registrar))
        note_costs(uow, tld, row.terms)
        stay = [price for years, price in row.standing.items() if years in row.kept]
        made = [price for price in row.prices if price.years not in row.kept]
        flags = {one.years: one.explicit for one in tld.prices if one.currency == currency}
        set_prices(uow, tld, currency, [*stay, *made], explicit=False)
        for one in tld.prices:
            if one.currency == currency:
                one.explicit = flags.get(one.years, False)
        taken += 1
    return taken


def note_costs(uow: UnitOfWork, tld: Tld, terms: TldTerms) -> bool:
    """Keep what the registrar asks now. Returns whether it is something else than before."""
    costs: dict[str, Any] = {
        "currency": terms.register_price.currency,
        "register": terms.register_price.minor,
        "renew": terms.renew_price.minor,
        "transfer": terms.transfer_price.minor if terms.transfer_price else None,
        "restore": terms.restore_price.minor if terms.restore_price else None,
    }
    changed = bool(tld.costs) and tld.costs != costs
    tld.costs, tld.costs_read_at = costs, uow.now()
    return changed


def _facts_of(terms: TldTerms, registrar: str) -> TldFacts:
    return TldFacts(
        name=terms.tld,
        registrar=registrar,
        min_years=terms.min_years,
        max_years=min(10, terms.max_years),
        grace_days=min(MOST_DAYS, terms.grace_days),
        redemption_days=min(MOST_DAYS, terms.redemption_days),
        idn=terms.idn,
        transfer_needs_code=terms.transfer_needs_code,
    )


def _keep_margin(uow: UnitOfWork, registrar: str, currency: str, margin: Margin) -> None:
    row = uow.session.query(TldMargin).filter_by(registrar=registrar, currency=currency).first()
    if row is None:
        row = TldMargin(registrar=registrar, currency=currency)
        uow.session.add(row)
    row.percent_ppm, row.fixed_minor = margin.percent_ppm, margin.fixed_minor
    row.ending_minor, row.rate_ppm = margin.ending_minor, margin.rate_ppm


def _check(facts: TldFacts) -> None:
    if not 1 <= facts.min_years <= facts.max_years <= 10:  # noqa: PLR2004 - no registry sells more
        raise InvalidInput("years go from 1 to 10, the fewest first", field="max_years")
    for name in ("grace_days", "redemption_days"):
        if not 0 <= getattr(facts, name) <= MOST_DAYS:
            raise InvalidInput(f"from 0 to {MOST_DAYS} days", field=name)
    if not facts.registrar:
        raise InvalidInput("say at which registrar", field="registrar")


def _told(tld: Tld) -> dict[str, Any]:
    return {name: getattr(tld, name) for name in TldFacts.__dataclass_fields__}
