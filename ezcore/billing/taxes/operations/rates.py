"""Tax rules: added and ended, never changed, so that a rate of the past can always be told (I40)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.exc import IntegrityError

from ezcore.accounts.countries import countries
from ezcore.accounts.regions import checked_region, region_code
from ezcore.audit import operations as audit
from ezcore.billing.credit_notes.models import CreditNoteTax
from ezcore.billing.invoices.models import Invoice, InvoiceTax
from ezcore.billing.taxes.eu_rates import EU_RATES
from ezcore.billing.taxes.models import TaxRule
from ezcore.billing.taxes.rules import STANDARD, UNTAXED, WHOLE, percent
from ezcore.kernel.errors import InvalidInput, NotFound, Refused
from ezcore.work import UnitOfWork

MANAGE = "billing.manage"
_OVERLAPS = "Another rule of this place, class and level is valid on some of these days: end it first"


@dataclass(frozen=True)
class NewRule:
    """A rule as it is wished for. An empty `country` is everywhere; `valid_until` is the first day without it."""

    name: str
    rate_ppm: int
    valid_from: date
    valid_until: date | None = None
    country: str = ""
    region: str = ""
    tax_class: str = STANDARD
    level: int = 1
    compound: bool = False


def add_rule(uow: UnitOfWork, new: NewRule) -> TaxRule:
    """A rate from a day on.

    Raises: NotAllowed; InvalidInput, naming the field, also when a rule of the same place, class and level overlaps.
    """
    uow.actor.require(MANAGE)
    _check(new)
    region = region_code(new.country, checked_region(new.country, new.region))
    rule = TaxRule(
        country=new.country,
        region=region,
        tax_class=new.tax_class,
        name=new.name.strip(),
        rate_ppm=new.rate_ppm,
        level=new.level,
        compound=new.compound,
        valid_from=new.valid_from,
        valid_until=new.valid_until,
        created_at=uow.now(),
    )
    if _overlapping(uow, rule):
        raise InvalidInput(_OVERLAPS, field="valid_from")
    try:
        with uow.session.begin_nested():
            uow.session.add(rule)
    except IntegrityError as error:  # somebody else added one a moment ago: the database decides
        raise InvalidInput(_OVERLAPS, field="valid_from") from error
    audit.record(uow, "tax_rule.create", "tax_rule", rule.id, after=_words(rule))
    return rule


def end_rule(uow: UnitOfWork, rule_id: int, until: date) -> TaxRule:
    """The rule counts up to, but without, this day.

    Raises: NotAllowed; NotFound; InvalidInput when the day is not after its first, or is after an end it has already;
    Refused when an invoice of that day or later bears it.
    """
    uow.actor.require(MANAGE)
    rule = _rule(uow, rule_id)
    if until <= rule.valid_from:
        raise InvalidInput("A rule ends after its first day", field="valid_until")
    if rule.valid_until is not None and until > rule.valid_until:
        raise InvalidInput("It ends earlier than that already: add a new rule instead", field="valid_until")
    last = uow.session.scalars(
        select(Invoice.tax_point)
        .join(InvoiceTax, InvoiceTax.invoice_id == Invoice.id)
        .where(InvoiceTax.rule_id == rule.id, Invoice.tax_point >= until)
        .order_by(Invoice.tax_point.desc())
        .limit(1)
    ).first()
    if last is not None:
        raise Refused(f"An invoice of {last} bears this tax; end it after that day")
    before = rule.valid_until
    same = TaxRule.valid_until.is_(None) if before is None else TaxRule.valid_until == before
    ended = uow.session.execute(
        update(TaxRule)
        .where(TaxRule.id == rule.id, same)
        .values(valid_until=until)
        .execution_options(synchronize_session=False)
    )
    if ended.rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
        raise Refused("Somebody else ended this rule a moment ago")
    uow.session.refresh(rule)
    audit.record(
        uow,
        "tax_rule.end",
        "tax_rule",
        rule.id,
        before={"valid_until": str(before) if before else None},
        after={"valid_until": str(until)},
    )
    return rule


def remove_rule(uow: UnitOfWork, rule_id: int) -> None:
    """Take out a rule that was a mistake and was never used. Raises: NotAllowed; Refused when a document bears it."""
    uow.actor.require(MANAGE)
    rule = _rule(uow, rule_id)
    for table in (InvoiceTax, CreditNoteTax):
        if uow.session.scalars(select(table.id).where(table.rule_id == rule.id).limit(1)).first() is not None:
            raise Refused("Documents bear this tax, so the rule stays: end it instead")
    audit.record(uow, "tax_rule.remove", "tax_rule", rule.id, before=_words(rule))
    uow.session.delete(rule)
    uow.session.flush()


def seed_eu_rates(uow: UnitOfWork) -> int:
    """The standard rates of the member states with their dates; gives how many rules came.

    A country that has a standard rule of its own already is left alone, so it is safe to repeat. Raises: NotAllowed.
    """
    uow.actor.require(MANAGE)
    whole_country = (TaxRule.region == "", TaxRule.tax_class == STANDARD, TaxRule.level == 1)
    there = set(uow.session.scalars(select(TaxRule.country).where(*whole_country)))
    added = 0
    for country, rates in EU_RATES.items():
        if country in there:
            continue
        ends = [start for start, _ in rates[1:]] + [None]
        for (start, rate_ppm), until in zip(rates, ends, strict=True):
            add_rule(uow, NewRule("VAT", rate_ppm, start, until, country))
            added += 1
    return added


def _rule(uow: UnitOfWork, rule_id: int) -> TaxRule:
    rule = uow.session.get(TaxRule, rule_id)
    if rule is None:
        raise NotFound("There is no such tax rule")
    return rule


def _check(new: NewRule) -> None:
    if not new.name.strip():
        raise InvalidInput("Enter the name that is printed, such as VAT", field="name")
    if not 0 <= new.rate_ppm <= WHOLE:
        raise InvalidInput("A rate is between 0 and 100 percent", field="rate")
    if new.country and new.country not in countries():
        raise InvalidInput("Choose a country from the list", field="country")
    if new.region and not new.country:
        raise InvalidInput("A region needs its country", field="country")
    if not new.tax_class or new.tax_class == UNTAXED:
        raise InvalidInput(f"A tax class is a word such as {STANDARD}, and not {UNTAXED}", field="tax_class")
    if new.level not in (1, 2):
        raise InvalidInput("A tax is of level 1 or 2", field="level")
    if new.compound and new.level == 1:
        raise InvalidInput("Only a tax of level 2 can come on top of another", field="compound")
    if new.valid_until is not None and new.valid_until <= new.valid_from:
        raise InvalidInput("A rule ends after its first day", field="valid_until")


def _overlapping(uow: UnitOfWork, rule: TaxRule) -> bool:
    same_place = (
        TaxRule.country == rule.country,
        TaxRule.region == rule.region,
        TaxRule.tax_class == rule.tax_class,
        TaxRule.level == rule.level,
        TaxRule.valid_from < (rule.valid_until or date.max),
        or_(TaxRule.valid_until.is_(None), TaxRule.valid_until > rule.valid_from),
    )
    return uow.session.scalars(select(TaxRule.id).where(*same_place).limit(1)).first() is not None


def _words(rule: TaxRule) -> dict[str, str]:
    last = rule.valid_until - timedelta(days=1) if rule.valid_until else None
    return {
        "place": " ".join(part for part in (rule.country or "everywhere", rule.region) if part),
        "class": rule.tax_class,
        "rate": f"{rule.name} {percent(rule.rate_ppm)} %, level {rule.level}"
        + (", compound" if rule.compound else ""),
        "days": f"{rule.valid_from} to {last or 'further notice'}",
    }
