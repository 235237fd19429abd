"""Tax rules (B096, B097): added and ended by those who may, never overlapping, never gone from under a document."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.exc import DatabaseError

from ezcore.audit.models import AuditRow
from ezcore.billing.invoices import operations as invoices
from ezcore.billing.invoices.rules import LineDraft
from ezcore.billing.taxes import operations as taxes
from ezcore.billing.taxes.models import TaxRule
from ezcore.billing.taxes.operations import NewRule
from ezcore.kernel.actor import Actor
from ezcore.kernel.errors import InvalidInput, NotAllowed, NotFound, Refused
from ezcore.kernel.money import Money
from tests.fixtures_trade import at_once

JULY, JANUARY = date(2025, 7, 1), date(2026, 1, 1)
SWISS = NewRule("MWST", 81_000, date(2024, 1, 1), country="CH")


def add(trade, rule, actor=None):
    with trade.work.write(*([actor] if actor else [])) as uow:
        return taxes.add_rule(uow, rule).id


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        (replace(SWISS, rate_ppm=1_010_000), "rate"),
        (replace(SWISS, rate_ppm=-10_000), "rate"),
        (replace(SWISS, valid_until=date(2024, 1, 1)), "valid_until"),
        (replace(SWISS, valid_until=date(2023, 1, 1)), "valid_until"),
        (replace(SWISS, country="XX"), "country"),
        (replace(SWISS, country="", region="QC"), "country"),
        (replace(SWISS, country="CA", region="Bavaria"), "region"),
        (replace(SWISS, name="  "), "name"),
        (replace(SWISS, level=3), "level"),
        (replace(SWISS, compound=True), "compound"),
        (replace(SWISS, tax_class="none"), "tax_class"),
        (replace(SWISS, tax_class=""), "tax_class"),
    ],
)
def test_B096_a_rule_that_cannot_be_is_refused_at_its_field(trade, rule, field):
    with pytest.raises(InvalidInput) as refusal:
        add(trade, rule)
    assert refusal.value.field == field


@pytest.mark.parametrize(
    ("other", "overlaps"),
    [
        (SWISS, True),
        (replace(SWISS, valid_from=JANUARY), True),
        (replace(SWISS, valid_from=date(2020, 1, 1)), True),
        (replace(SWISS, valid_from=date(2020, 1, 1), valid_until=date(2024, 1, 2)), True),
        (replace(SWISS, valid_from=date(2020, 1, 1), valid_until=date(2024, 1, 1)), False),
        (replace(SWISS, country="LI"), False),
        (replace(SWISS, tax_class="books"), False),
        (replace(SWISS, region="Genève"), False),
        (replace(SWISS, level=2), False),
    ],
)
def test_B096_two_rules_of_one_place_class_and_level_do_not_overlap(each_trade, other, overlaps):
    add(each_trade, SWISS)
    if overlaps:
        with pytest.raises(InvalidInput) as refusal:
            add(each_trade, other)
        assert refusal.value.field == "valid_from"
    else:
        add(each_trade, other)


def test_a_region_is_one_place_however_it_is_typed(trade):
    quebec = NewRule("QST", 99_750, JULY, country="CA", region="Québec", level=2)
    add(trade, quebec)
    with pytest.raises(InvalidInput):
        add(trade, replace(quebec, region="qc"))


def test_the_database_refuses_an_overlap_too(each_trade):
    add(each_trade, SWISS)
    values = {
        "country": "CH", "region": "", "tax_class": "standard", "name": "MWST", "rate_ppm": 77_000, "level": 1,
        "compound": False, "valid_from": JULY, "created_at": each_trade.clock.now(),
    }  # fmt: skip
    with pytest.raises(DatabaseError), each_trade.work.write() as uow:
        uow.session.execute(insert(TaxRule).values(values))


def test_of_rules_added_at_once_one_stays(each_trade):
    found = at_once(8, lambda number: add(each_trade, replace(SWISS, valid_from=date(2024, 1, 1 + number))))
    assert sum(isinstance(result, int) for result in found) == 1
    assert all(isinstance(result, int | InvalidInput) for result in found)


def test_a_new_rate_is_a_new_rule_after_the_end_of_the_old(each_trade):
    old = add(each_trade, SWISS)
    with each_trade.work.write() as uow:
        taxes.end_rule(uow, old, JANUARY)
        taxes.add_rule(uow, replace(SWISS, rate_ppm=88_000, valid_from=JANUARY))
    with each_trade.work.read() as uow:
        verbs = uow.session.scalars(select(AuditRow.verb).where(AuditRow.object_kind == "tax_rule")).all()
        assert verbs == ["tax_rule.create", "tax_rule.end", "tax_rule.create"]


def test_an_end_is_after_the_first_day_and_not_after_the_end(trade):
    rule = add(trade, replace(SWISS, valid_until=JULY))
    for until in (SWISS.valid_from, date(2020, 1, 1), JANUARY):
        with pytest.raises(InvalidInput) as refusal, trade.work.write() as uow:
            taxes.end_rule(uow, rule, until)
        assert refusal.value.field == "valid_until"
    with pytest.raises(NotFound), trade.work.write() as uow:
        taxes.end_rule(uow, 99, JULY)


def test_B097_a_rule_that_an_invoice_bears_is_neither_removed_nor_ended_before_it(eu_trade):
    client = eu_trade.newcomer().client_id
    with eu_trade.work.write() as uow:
        issued = invoices.issue(
            uow, client, "EUR", [LineDraft("Hosting", Money(1000, "EUR"))], due_on=uow.today()
        )
        rule = issued.taxes[0].rule_id
        assert issued.tax == Money(240, "EUR")
    with pytest.raises(Refused), eu_trade.work.write() as uow:
        taxes.remove_rule(uow, rule)
    with pytest.raises(Refused, match="invoice"), eu_trade.work.write() as uow:
        taxes.end_rule(uow, rule, issued.tax_point)
    with eu_trade.work.write() as uow:
        taxes.end_rule(uow, rule, date(2027, 2, 1))


def test_a_rule_that_was_a_mistake_is_removed(trade):
    rule = add(trade, SWISS)
    with trade.work.write() as uow:
        taxes.remove_rule(uow, rule)
    add(trade, SWISS)


def test_only_those_who_manage_billing_change_taxes(trade):
    nobody = Actor("staff", 1, permissions=frozenset({"staff.read"}), name="Support")
    rule = add(trade, SWISS)
    for change in (
        lambda uow: taxes.add_rule(uow, SWISS),
        lambda uow: taxes.end_rule(uow, rule, JULY),
        lambda uow: taxes.remove_rule(uow, rule),
        taxes.seed_eu_rates,
    ):
        with pytest.raises(NotAllowed), trade.work.write(nobody) as uow:
            change(uow)


def test_the_rates_of_the_union_come_once_and_leave_own_rules_alone(trade):
    add(trade, NewRule("km", 220_000, JULY, country="EE"))
    with trade.work.write() as uow:
        assert (
            taxes.seed_eu_rates(uow) == 26 + 5
        )  # Finland, Romania and Slovakia changed once, Luxembourg twice
        assert taxes.seed_eu_rates(uow) == 0
        assert uow.session.scalar(select(func.count()).where(TaxRule.country == "EE")) == 1
