"""Rows of the bad-input table that reach cart and checkout: refused with the right status, and without effect."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from sqlalchemy import func, select

from ezcore.accounts.models import Client, User
from ezcore.billing.transactions.models import Transaction
from ezcore.orders.carts.models import CartLine
from ezcore.orders.orders.models import Order
from tests.fixtures_shop import csrf_of, order, put_in_cart

GOOD = {"cycle": "1 month", "option-disk": "included", "label": "", "do": "add"}

# Row of the table, what is sent, the answer.
REFUSED = [
    ("B039 a choice of no option", {"option-disk": "free"}, 422),
    ("B039 two answers", {"option-disk": ["included", "double"]}, 422),
    ("B039 no answer", {"option-disk": None}, 422),
    ("B039 an answer of another product", {"option-disk": "120gb"}, 422),
    ("B040 not sold by this cycle", {"cycle": "3 months"}, 422),
    ("B040 zero", {"cycle": "0"}, 422),
    ("B040 negative", {"cycle": "-12"}, 422),
    ("B040 no cycle", {"cycle": None}, 422),
    ("B040 two cycles", {"cycle": ["1 month", "1 year"]}, 422),
    ("B040 full-width digit", {"cycle": "\uff11 month"}, 422),
    ("a name that is too long", {"label": "x" * 200}, 422),
]
# There is no quantity to choose and no price to send: such fields are not read at all.
IGNORED = [
    *[("B037 quantity", {"qty": qty}) for qty in ("0", "-1", "1.5", "1e9", "NaN", "", "\uff11")],
    *[
        ("B041 a field of ours", {name: "0"})
        for name in (
            "price",
            "amount_minor",
            "setup_fee",
            "tax",
            "discount",
            "currency",
            "server_id",
            "import",
        )
    ],
    *[
        ("B014 a column", {name: "1"})
        for name in ("is_staff", "role", "balance", "client_id", "user_id", "status", "paid_at", "next_due")
    ],
]


def send(browser, changes, slug="vps-m", **more):
    fields = {"csrf_token": csrf_of(browser), **GOOD, **changes}
    pairs = [
        (name, one)
        for name, value in fields.items()
        if value is not None
        for one in (value if isinstance(value, list) else [value])
    ]
    return browser.post(f"/pricing/{slug}/", pairs, **more)


def count(shop, model):
    with shop.work.read() as uow:
        return uow.session.scalar(select(func.count()).select_from(model))


@pytest.mark.parametrize(("changes", "status"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_a_wrong_choice_is_refused_and_nothing_is_in_the_cart(shop, browser, changes, status):
    page = send(browser, changes, status=status)
    assert page.html.find(id="errors")
    assert count(shop, CartLine) == 0


def test_fields_that_are_not_asked_for_change_nothing(browser):
    for number, (row, changes) in enumerate(IGNORED[:19], 1):
        page = send(browser, changes, status=303).follow()
        assert page.text.count("Remove VPS M") == number, row
    total = page.html.select_one("aside .grand").text
    assert "€228.00" in total  # nineteen times €12.00


@pytest.mark.parametrize("slug", ["nothing", "vps-m'--", "VPS-M", "\uff11", "account", "..%2f..%2fetc"])
def test_b038_a_product_that_is_not_there_is_not_found(browser, slug):
    browser.get(f"/pricing/{quote(slug, safe='%')}/", status=404)


def test_b046_a_cart_is_full_at_twenty_lines(shop, browser):
    for _ in range(20):
        send(browser, {}, status=303)
    page = send(browser, {}, status=422)
    assert "at most 20 lines" in page.html.find(id="errors").text
    assert count(shop, CartLine) == 20


@pytest.mark.parametrize(
    "line", ["0", "-1", "99999999999", "1e3", "0x1", "\uff11\uff12", "1_000", "1;drop", "", "9" * 30]
)
def test_b011_a_line_that_is_no_number_of_ours_is_not_found(browser, line):
    put_in_cart(browser)
    browser.post("/cart/remove/", {"csrf_token": csrf_of(browser), "line": line}, status=404)


@pytest.mark.parametrize("token", [None, "", "wrong", "0" * 64])
def test_b013_without_our_token_nothing_happens(shop, browser, token):
    browser.get("/")
    fields = GOOD if token is None else {**GOOD, "csrf_token": token}
    assert browser.post("/pricing/vps-m/", fields, status="*").status_code in (400, 403)
    assert count(shop, CartLine) == 0


def test_b013_the_token_of_another_session_or_of_a_visitor_is_refused(shop, as_client, browser):
    ann, bob = as_client(), as_client("bob@client.example", "Bob")
    for foreign in (csrf_of(bob), csrf_of(browser)):
        answer = ann.post("/pricing/vps-m/", {**GOOD, "csrf_token": foreign}, status="*")
        assert answer.status_code in (400, 403)
    assert count(shop, CartLine) == 0


def test_b013_a_form_from_another_site_is_refused(shop, browser):
    answer = send(browser, {}, headers={"Origin": "https://evil.example"}, status="*")
    assert answer.status_code in (400, 403)
    assert count(shop, CartLine) == 0


def test_b014_columns_sent_with_billing_details_are_not_written(shop, as_client):
    ann = as_client()
    put_in_cart(ann)
    form = ann.get("/billing/checkout/billing/").forms["billing"]
    extra = {
        "status": "closed",
        "currency": "JPY",
        "email": "other@client.example",
        "id": "77",
        "staff_role_id": "1",
    }
    ann.post("/billing/checkout/billing/", {**dict(form.submit_fields()), **extra}, status=303)
    with shop.work.read() as uow:
        client, user = uow.session.scalars(select(Client)).one(), uow.session.scalars(select(User)).one()
        assert user.staff_role is None
    assert (client.status, client.currency, client.email, client.id) == (
        "active",
        "EUR",
        "ann@client.example",
        1,
    )
    assert user.staff_role is None


@pytest.mark.parametrize("key", ["", "x", "1", "WzEsMSwiIiwxXQ.c2lnbmF0dXJl", "x" * 5000])
def test_b050_a_form_key_that_is_not_ours_orders_nothing(shop, as_client, key):
    ann = as_client()
    put_in_cart(ann)
    form = ann.get("/billing/checkout/review/").forms["review"]
    form["form_key"].force_value(key)
    form["terms"] = True
    form.submit(status=422)
    assert count(shop, Order) == 0


@pytest.mark.parametrize("gateway", ["", "paypal", "../x", "banktransfer\n", "BANKTRANSFER", "' OR 1=1--"])
def test_b051_a_way_to_pay_that_is_not_offered_is_refused(shop, as_client, gateway):
    ann = as_client()
    order(ann)
    sent = {"csrf_token": csrf_of(ann), "gateway": gateway}
    page = ann.post("/billing/invoices/2026-00001/pay/", sent, status=422)
    assert page.html.find(id="errors")
    assert count(shop, Transaction) == 0
