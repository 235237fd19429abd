"""Bad-input rows of staff who handle money: B094 prices, B096 taxes, B099 late fees, B101 refunds, B102 payments.

Credit notes, credit, drafts, quotes, billable items and promotions refuse the same amounts. Every row: the field is
named, what was typed stands there as text, and not one row of the database changed.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from sqlalchemy import select

from ezcore.billing.invoices import operations as invoices
from ezcore.billing.invoices.models import Invoice
from ezcore.billing.refunds.models import Refund
from ezcore.billing.transactions import operations as transactions
from ezcore.billing.transactions.models import Transaction
from ezcore.catalog.products.models import Product
from ezcore.settings import load
from ezcore.worker import drain
from tests.fixtures_shop import csrf_of, order
from tests.functional.admin.conftest import form_to
from tests.functional.money.untouched import refused_at, shown, untouched

SCRIPT = '"><b id=alive>1</b>'
BILL = "/admin/invoices/2026-00001/"
# No amount of any form: signs, other ways to write numbers, decimals that the currency has not, another currency.
NO_AMOUNTS = (
    "1,5",
    "1.005",
    "1e5",
    "NaN",
    "Infinity",
    "0x10",
    "\uff11",
    "1.00 USD",
    "$1",
    "1 000",
    "--1",
    "9" * 20,
)
LINE = {"line-0-description": "Consulting", "line-0-quantity": "2", "line-0-unit": "80.50"}
HEAD = {"client": "ann@client.example", "currency": "EUR"}


@dataclass(frozen=True)
class Staff:
    """A form of the admin area, filled in well; `amount` is its field for money, `echo` one that must survive."""

    page: str
    ending: str
    amount: str
    good: dict[str, str] = field(default_factory=dict)
    also: tuple[str, ...] = ("-1", "0")
    button: tuple[str, str] | None = None
    echo: str = ""


FORMS = {
    "B094 price": Staff("product", "/prices/", "amount-0", {"amount-1": "71.00"}, ("-1",), echo="amount-1"),
    "B094 setup fee": Staff("product", "/prices/", "setup-0", {"amount-1": "71.00"}, ("-0.01",), echo="amount-1"),
    "B094 first term": Staff("product", "/prices/", "first-0", {"amount-1": "71.00"}, ("-5",), echo="amount-1"),
    "B101 refund": Staff(
        "/admin/transactions/1/", "/refund/", "amount", {"reason": "was broken", "to": "credit"},
        ("-1", "0", "", "7.01"), echo="reason",
    ),
    "B101 refund looked at": Staff(
        "/admin/transactions/1/", "/refund/", "amount", {"reason": "was broken", "to": "credit"},
        ("-1", "0", "", "7.01"), ("preview", "1"), "reason",
    ),
    "B102 payment": Staff(
        f"{BILL}", "/receive/", "amount", {"bank_reference": "EE1"}, ("-1", "0", ""), echo="bank_reference"
    ),
    "credit note": Staff(
        f"{BILL}credit-note/", "/credit-note/", "amount", {"reason": "one day"}, ("-1", "0", "7.01"),
        ("step", "issue"), "reason",
    ),
    "credit": Staff("/admin/clients/1/credit/", "/credit/", "amount", {"reason": "sorry"}, ("", "0", "-0.01")),
    "draft": Staff("/admin/drafts/new/", "/new/", "line-0-unit", HEAD | LINE, ("",), echo="line-0-description"),
    "quote": Staff(
        "/admin/quotes/new/", "/new/", "line-0-unit", HEAD | LINE | {"title": "New site"}, ("",), echo="title"
    ),
    "billable item": Staff(
        "/admin/billable/", "/billable/", "unit", {"client": "1", "description": "Hour"}, ("-1", "0", ""),
        echo="description",
    ),
}  # fmt: skip
NEEDS_PAID = ("B101 refund", "B101 refund looked at")


@pytest.fixture
def told(shop, ann):
    """Ann ordered Web Pro for 7.00 and has not paid."""
    order(ann)
    return shop


@pytest.fixture
def paid(told):
    """She paid."""
    with told.work.write() as uow:
        found = uow.session.scalars(select(Invoice)).one()
        transactions.record_manual(uow, found, "banktransfer", found.balance_due, "EE2603020001")
    drain(told)
    return told


def opened(shop, browser, name):
    """The form, filled in well."""
    wanted = FORMS[name]
    page = wanted.page
    if page == "product":
        with shop.work.read() as uow:
            number = uow.session.scalar(select(Product.id).where(Product.slug == "web-pro"))
        page = f"/admin/products/{number}/"
    form = form_to(browser.get(page, status=200), wanted.ending)
    for one, value in wanted.good.items():
        form[one].force_value(value)
    return form


def sent(form, name):
    button = FORMS[name].button
    return form.submit(button[0], value=button[1], status="*") if button else form.submit(status="*")


@pytest.mark.parametrize("name", FORMS)
def test_an_amount_that_is_none_is_refused_at_its_field(told, staff, name, request):
    shop, wanted = request.getfixturevalue("paid") if name in NEEDS_PAID else told, FORMS[name]
    form = opened(shop, staff, name)
    for typed in (*NO_AMOUNTS, SCRIPT, *wanted.also):
        form[wanted.amount].force_value(typed)
        with untouched(shop, f"{name} {typed}"):
            page = sent(form, name)
        refused_at(page, wanted.amount, typed)
        assert page.html.find(id="alive") is None
        if wanted.echo:
            assert shown(page.html.find(id=wanted.echo)) == wanted.good[wanted.echo]


@pytest.mark.parametrize("name", FORMS)
def test_an_amount_sent_twice_as_a_file_or_unstorable_breaks_nothing(told, staff, name, request):
    shop, wanted = request.getfixturevalue("paid") if name in NEEDS_PAID else told, FORMS[name]
    form = opened(shop, staff, name)
    fields = [(one, value) for one, value in form.submit_fields() if one != wanted.amount]
    fields += [wanted.button] if wanted.button else []
    action = form.action
    for values in (["1.00", "2.00"], ["1.00\x00"], ["\ud7ff\ufffe1"], ["1" * 30_000]):
        with untouched(shop, f"{name} {len(values)} {values[0][:10]!r}"):
            answer = staff.post(action, [*fields, *((wanted.amount, one) for one in values)], status="*")
        assert answer.status_int in (400, 413, 422), values[0][:10]
    with untouched(shop, f"{name} file"):
        upload = [(wanted.amount, "x.txt", b"1.00")]
        answer = staff.post(action, fields, upload_files=upload, status="*")
    assert answer.status_int in (400, 422)


def test_B094_a_price_for_yen_has_no_decimals(shop, staff):
    form = opened(shop, staff, "B094 price")
    form["currency-0"], form["amount-0"] = "JPY", "100.50"
    with untouched(shop):
        refused_at(form.submit(status="*"), "amount-0", "100.50")


TAX = {"name": "MWST", "rate": "8.1", "country": "CH", "valid_from": "2024-01-01"}
NO_RULES = [
    *[({"rate": rate}, "rate") for rate in ("101", "-1", "x", "", "NaN", "1e1", SCRIPT)],
    ({"valid_until": "2023-12-31"}, "valid_until"),
    ({"valid_from": "2025-01-01"}, "valid_from"),
    ({"valid_from": "31.12.2024"}, "valid_from"),
    ({"country": "XX"}, "country"),
    ({"region": "Bavaria", "country": "CA"}, "region"),
    ({"name": " "}, "name"),
]


def test_B096_a_tax_that_cannot_be(shop, staff):
    def fill(**changes):
        form = form_to(staff.get("/admin/taxes/new/"), "/admin/taxes/new/")
        for name, value in (TAX | changes).items():
            form[name].force_value(value)
        return form.submit(status="*")

    assert fill().status_int == 303
    for changes, wrong in NO_RULES:
        with untouched(shop, changes):
            page = fill(**changes)
        assert page.status_int == 422, changes
        assert page.html.select_one(f'.summary-error a[href="#{wrong}"]'), changes
        assert shown(page.html.find(id="name")) == changes.get("name", "MWST")
        assert page.html.find(id="alive") is None


NO_TERMS = [
    *[
        ({"kind": "percent", "percent": typed}, "percent")
        for typed in ("101", "-5", "NaN", "", "1e1", SCRIPT)
    ],
    *[
        ({"kind": "fixed", "amounts": typed}, "amounts")
        for typed in (
            "",
            "5",
            "-5 EUR",
            "5.001 EUR",
            "5.50 JPY",
            "5 EUR\n6 EUR",
            "9" * 20 + " EUR",
            "5 XXQ",
            SCRIPT,
        )
    ],
    ({"code": SCRIPT}, "code"),
    ({"code": "WELCOME20"}, "code"),
    ({"max_uses": "-1"}, "max_uses"),
    ({"recurrences": "1.5"}, "recurrences"),
    ({"starts_on": "2026-05-02", "last_day": "2026-05-01"}, "last_day"),
]


def test_B094_a_promotion_that_cannot_be(shop, staff):
    good = {"code": "SPRING", "kind": "percent", "percent": "10", "note": "for the fair"}
    for changes, wrong in NO_TERMS:
        form = staff.get("/admin/promotions/new/").forms["terms"]
        for name, value in (good | changes).items():
            form[name].force_value(value)
        with untouched(shop, changes):
            page = form.submit(status="*")
        refused_at(page, wrong)
        assert shown(page.html.find(id="note")) == "for the fair"
        assert page.html.find(id="alive") is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("late_fee_percent", "101"), ("late_fee_percent", "-1"), ("late_fee_percent", "2,5"),
        ("late_fee_percent", "NaN"), ("late_fee_percent", ""), ("late_fee_percent", "1e1"),
        ("late_fee_fixed", "5"), ("late_fee_fixed", "-5 EUR"), ("late_fee_fixed", "5.001 EUR"),
        ("late_fee_fixed", "5.50 JPY"), ("late_fee_fixed", "5 EUR, 6 EUR"), ("late_fee_after_days", "-1"),
        ("late_fee_every_days", "-1"), ("late_fee_times", "0"), ("reminder_days", "7,,x"),
        ("reminder_days", "-1"), ("terminate_after_days", "-1"), ("suspend_after_days", "0"),
    ],
)  # fmt: skip
def test_B099_a_late_fee_or_grace_that_cannot_be_is_refused_by_its_name(name, value):
    with pytest.raises(Exception, match=name):
        load(
            {
                f"ez.dunning.{name}": value,
                "ez.security.secret_keys": "test-key-that-is-no-secret-at-all-0001",
            },
            {},
        )


def test_B099_nothing_written_means_never():
    for blank in ("", "0"):
        found = load({"ez.dunning.terminate_after_days": blank}, {})
        assert found.dunning.terminate_after_days == 0


def rows(shop, model):
    with shop.work.read() as uow:
        return list(uow.session.scalars(select(model).order_by(model.id)))


def test_B101_more_than_is_left_sent_twice_and_twenty_times(paid, staff):
    form = opened(paid, staff, "B101 refund")
    form["amount"] = "5.00"
    form.submit(status=303)
    with untouched(paid):
        for _ in range(20):
            form.submit(status=303)  # the same form is the same refund
    form = opened(paid, staff, "B101 refund")
    form["amount"] = "2.01"
    with untouched(paid):
        refused_at(form.submit(status="*"), "amount", "2.01")
    assert [one.amount_minor for one in rows(paid, Refund)] == [500]


@pytest.mark.parametrize(("changes", "wrong"), [({"reason": ""}, "reason"), ({"to": "nowhere"}, "to")])
def test_B101_without_a_reason_or_to_nowhere(paid, staff, changes, wrong):
    form = opened(paid, staff, "B101 refund")
    for name, value in changes.items():
        form[name].force_value(value)
    with untouched(paid):
        page = form.submit(status="*")
    assert page.status_int == 422
    assert page.html.select_one(f'#errors a[href="#{wrong}"]')


def test_B101_what_never_arrived_is_not_given_back(told, staff, ann):
    ann.post(
        "/billing/invoices/2026-00001/pay/",
        {"csrf_token": csrf_of(ann), "gateway": "banktransfer"},
        status=303,
    )
    fields = {"csrf_token": token_of(staff), "amount": "1.00", "reason": "because", "to": "credit"}
    for path, status in (
        ("/admin/transactions/1/refund/", (409, 422)),
        ("/admin/transactions/99/refund/", (404,)),
    ):
        with untouched(told, path):
            assert staff.post(path, fields, status="*").status_int in status


def token_of(browser):
    return str(browser.get("/admin/automation/").html.find("input", {"name": "csrf_token"})["value"])


def test_B101_a_payment_of_an_invoice_that_is_void(told, staff):
    with told.work.write() as uow:
        invoices.cancel(uow, uow.session.scalars(select(Invoice)).one(), "a mistake")
    token = token_of(staff)
    for ending, fields in (
        ("receive/", {"amount": "7.00", "bank_reference": "EE1", "received_by": "banktransfer"}),
        ("credit-note/", {"amount": "1.00", "reason": "because", "step": "issue"}),
        ("write-off/", {"reason": "because"}),
        ("apply-credit/", {"amount": "1.00"}),
        ("cancel/", {"reason": "because"}),
    ):
        with untouched(told, ending):
            answer = staff.post(f"{BILL}{ending}", {"csrf_token": token, **fields}, status="*")
        assert answer.status_int in (409, 422), ending


def test_B102_the_same_bank_reference_is_one_payment(told, staff, ann):
    order(ann, "web-start")
    form = form_to(staff.get(BILL), "/receive/")
    form["amount"], form["bank_reference"] = "1.00", "EE-2026-77"
    form.submit(status=303)
    with untouched(told):
        again = form.submit(status="*")
    assert again.status_int in (409, 422)
    other = form_to(staff.get("/admin/invoices/2026-00002/"), "/receive/")
    other["amount"], other["bank_reference"] = "1.00", "EE-2026-77"
    with untouched(told):
        refused_at(other.submit(status="*"), "bank_reference", "EE-2026-77")
    assert len(rows(told, Transaction)) == 1


def test_B102_a_payment_is_in_the_currency_of_its_invoice(told, staff):
    form = opened(told, staff, "B102 payment")
    form["amount"].force_value("7.00 USD")
    with untouched(told):
        refused_at(form.submit(status="*"), "amount", "7.00 USD")
    form["amount"], form["received_by"] = "7.00", form["received_by"].value
    fields = dict(form.submit_fields()) | {"received_by": "../x", "currency": "USD"}
    with untouched(told):
        staff.post(form.action, fields, status=422)
