"""I40: who pays which tax, by scheme, place and day. Rates are those of the law; amounts are calculated by hand."""

from __future__ import annotations

from datetime import date

import pytest

from ezcore.accounts.models import TaxNumberState
from ezcore.billing.taxes import operations as taxes
from ezcore.billing.taxes import queries
from ezcore.billing.taxes.cases import Buyer, NoTaxRate, Rates, RuleFacts, Scheme, decide
from ezcore.billing.taxes.eu_rates import EU_RATES
from ezcore.billing.taxes.operations import NewRule
from ezcore.billing.taxes.rules import TaxableLine, TaxRate, apply
from ezcore.kernel.money import Money
from tests.fixtures_trade import open_trade

EE = Scheme("eu_vat", "EE")
OSS = Scheme("eu_vat", "EE", oss=True)
UNION = Rates(
    RuleFacts(country, "", "standard", TaxRate("VAT", ppm))
    for country, ppm in {"EE": 240_000, "DE": 190_000, "FR": 200_000, "GR": 240_000}.items()
)


def buyer(country, number="", state=TaxNumberState.VALID, **more):
    return Buyer(country, tax_number=number, number_state=state if number else TaxNumberState.NONE, **more)


def outcome(case):
    (rate,) = case.rates_of("standard")
    return (case.treatment, rate.rate_ppm, rate.category)


@pytest.mark.parametrize(
    ("who", "home", "one_stop_shop"),
    [
        # consumer and business of the seller's own country
        (buyer("EE"), ("taxed", 240_000, "S"), ("taxed", 240_000, "S")),
        (buyer("EE", "EE100931558"), ("taxed", 240_000, "S"), ("taxed", 240_000, "S")),
        # consumer of another member state
        (buyer("DE"), ("taxed", 240_000, "S"), ("taxed", 190_000, "S")),
        # business of another member state, with and without a number that is known to be valid
        (buyer("DE", "DE136695976"), ("reverse_charge", 0, "AE"), ("reverse_charge", 0, "AE")),
        (buyer("DE", "DE136695976", TaxNumberState.UNVERIFIED), ("taxed", 240_000, "S"), ("taxed", 190_000, "S")),
        (buyer("DE", "DE136695976", TaxNumberState.INVALID), ("taxed", 240_000, "S"), ("taxed", 190_000, "S")),
        # Greece writes EL; a number of another country moves nothing
        (buyer("GR", "EL094259216"), ("reverse_charge", 0, "AE"), ("reverse_charge", 0, "AE")),
        (buyer("DE", "EL094259216"), ("taxed", 240_000, "S"), ("taxed", 190_000, "S")),
        # Monaco counts as France
        (buyer("MC"), ("taxed", 240_000, "S"), ("taxed", 200_000, "S")),
        (buyer("MC", "FR40303265045"), ("reverse_charge", 0, "AE"), ("reverse_charge", 0, "AE")),
        # outside: also Northern Ireland, whose XI numbers matter for goods only
        (buyer("US"), ("outside", 0, "O"), ("outside", 0, "O")),
        (buyer("CH", "CHE107787577"), ("outside", 0, "O"), ("outside", 0, "O")),
        (buyer("GB", "XI980780684"), ("outside", 0, "O"), ("outside", 0, "O")),
        # freed by staff, wherever
        (buyer("EE", exempt=True), ("exempt", 0, "E"), ("exempt", 0, "E")),
    ],
)  # fmt: skip
def test_the_vat_of_the_union(who, home, one_stop_shop):
    assert outcome(decide(who, EE, UNION)) == home
    assert outcome(decide(who, OSS, UNION)) == one_stop_shop


def test_the_document_says_why_there_is_no_tax():
    assert (
        decide(buyer("DE", "DE136695976"), EE, UNION).note == "Reverse charge, Art. 196 Directive 2006/112/EC"
    )
    assert "outside the Union" in decide(buyer("US"), EE, UNION).note
    embassy = buyer("EE", exempt=True, exempt_reason="Embassy, Art. 151")
    assert decide(embassy, EE, UNION).note == "Embassy, Art. 151"
    assert decide(buyer("EE"), EE, UNION).note == ""


def test_a_shop_without_taxes_charges_none_to_anybody():
    assert decide(buyer("DE", exempt=True), Scheme(), UNION).rates == {}


def test_a_rate_that_nobody_knows_stops_the_invoice_instead_of_forgetting_the_tax():
    with pytest.raises(NoTaxRate, match="IT"):
        decide(buyer("IT"), OSS, UNION)
    assert decide(buyer("IT"), EE, UNION).rates_of("standard")[0].rate_ppm == 240_000


CANADA = Rates(
    [
        RuleFacts("CA", "", "standard", TaxRate("GST", 50_000, rule_id=1)),
        RuleFacts("CA", "ON", "standard", TaxRate("HST", 130_000, rule_id=3)),
        RuleFacts("CA", "QC", "standard", TaxRate("QST", 99_750, 2, rule_id=2)),
        RuleFacts("", "", "standard", TaxRate("World", 10_000, rule_id=4)),
    ]
)


@pytest.mark.parametrize(
    ("country", "region", "names"),
    [
        ("CA", "QC", ["GST", "QST"]),
        ("CA", "Québec", ["GST", "QST"]),
        ("CA", "quebec", ["GST", "QST"]),
        ("CA", "Ontario", ["HST"]),
        ("CA", "Alberta", ["GST"]),
        ("CA", "", ["GST"]),
        ("BR", "", ["World"]),
    ],
)
def test_the_most_precise_place_counts_level_by_level(country, region, names):
    case = decide(Buyer(country, region), Scheme("rules"), CANADA)
    assert [rate.name for rate in case.rates_of("standard")] == names


def test_a_place_without_a_rule_pays_no_tax():
    nowhere = decide(buyer("US"), Scheme("rules"), Rates([]))
    assert (nowhere.treatment, nowhere.rates) == ("outside", {})


def test_what_is_never_taxed_has_a_row_of_its_own_beside_what_is():
    case = decide(buyer("EE"), EE, UNION)
    goods = [TaxableLine(Money(1000, "EUR")), TaxableLine(Money(500, "EUR"), "none")]
    found = apply(goods, case, "EUR")
    assert [(tax.category, tax.base.minor, tax.tax.minor) for tax in found.taxes] == [
        ("S", 1000, 240),
        ("E", 500, 0),
    ]


def test_the_list_of_the_union_has_every_member_once_a_day():
    assert len(EU_RATES) == 27
    for rates in EU_RATES.values():
        days = [day for day, _ in rates]
        assert days == sorted(set(days))


@pytest.fixture
def ruled(migrated_sqlite, tmp_path):
    """A shop in Estonia, on the rates of the Union."""
    (tmp_path / "ruled.sqlite3").write_bytes(migrated_sqlite.read_bytes())
    url = f"sqlite:///{tmp_path / 'ruled.sqlite3'}"
    yield from open_trade(url, tmp_path, tax__scheme="eu_vat", tax__seller_country="EE", tax__vies_url="")


def test_I40_the_rule_of_the_tax_point_counts(ruled):
    """10.00 EUR: 2.00 in 2023, 2.20 until 30 June 2025, 2.40 from 1 July 2025."""
    client = ruled.newcomer().client_id
    with ruled.work.write() as uow:
        taxes.seed_eu_rates(uow)
        for day, tax in [
            (date(2023, 12, 31), 200),
            (date(2024, 1, 1), 220),
            (date(2025, 6, 30), 220),
            (date(2025, 7, 1), 240),
        ]:
            case = queries.case_of(uow, client, day)
            found = apply([TaxableLine(Money(1000, "EUR"))], case, "EUR")
            assert found.tax.minor == tax, day
            assert found.taxes[0].rule_id is not None


def test_a_rule_counts_up_to_but_without_the_day_it_ends_on(ruled):
    client = ruled.newcomer().client_id
    with ruled.work.write() as uow:
        rule = taxes.add_rule(uow, NewRule("VAT", 220_000, date(2024, 1, 1), country="EE"))
        taxes.end_rule(uow, rule.id, date(2025, 7, 1))
        assert queries.case_of(uow, client, date(2025, 6, 30)).rates_of("standard")[0].rate_ppm == 220_000
        for day in (date(2023, 12, 31), date(2025, 7, 1)):
            with pytest.raises(NoTaxRate):
                queries.case_of(uow, client, day)


def test_a_run_reads_the_cases_of_many_clients_at_once(ruled, count_queries):
    ids = [ruled.newcomer(f"Client{number}").client_id for number in range(20)]
    with ruled.work.write() as uow:
        taxes.seed_eu_rates(uow)
    with ruled.work.read() as uow, count_queries(ruled.work.engine) as counted:
        found = queries.cases(uow, ids, date(2027, 1, 1))
    assert set(found) == set(ids)
    assert len({id(case) for case in found.values()}) == 1
    assert len(counted) == 2


def test_a_reduced_rate_of_the_sellers_country(ruled):
    client = ruled.newcomer().client_id
    with ruled.work.write() as uow:
        taxes.seed_eu_rates(uow)
        taxes.add_rule(uow, NewRule("VAT", 90_000, date(2025, 1, 1), country="EE", tax_class="books"))
        case = queries.case_of(uow, client, date(2027, 1, 1))
    assert [case.rates_of(name)[0].rate_ppm for name in ("standard", "books", "other")] == [
        240_000,
        90_000,
        240_000,
    ]
