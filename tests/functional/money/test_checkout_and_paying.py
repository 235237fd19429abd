"""Bad-input rows B050 to B060: ordering, paying, paying by a link, coming back from a gateway, files of invoices."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from ezcore.accounts import operations as accounts
from ezcore.accounts.queries import user_by_email
from ezcore.billing.credit import operations as credit
from ezcore.billing.invoices import operations as invoices
from ezcore.billing.invoices.models import Invoice, InvoiceStatus
from ezcore.billing.invoices.operations.draft import item
from ezcore.billing.invoices.rules import LineDraft
from ezcore.billing.transactions import operations as transactions
from ezcore.billing.transactions.models import Transaction
from ezcore.catalog.promotions.operations import Terms, create
from ezcore.kernel.money import Money
from ezcore.orders.orders.models import Order
from ezcore.plugin_host.operations import save_settings
from ezcore.worker import drain
from tests.fixtures_shop import csrf_of, put_in_cart
from tests.functional.money.untouched import refused_at, untouched

SCRIPT = '"><b id=alive>1</b>'


def bill(shop, minor=3000, currency="EUR", client_id=1):
    with shop.work.write() as uow:
        lines = [LineDraft("Work", Money(minor, currency))]
        due_on = uow.today() + timedelta(days=7)
        return invoices.issue(uow, client_id, currency, lines, due_on=due_on).number


def one(shop, number):
    with shop.work.read() as uow:
        return uow.session.scalars(select(Invoice).where(Invoice.number == number)).one()


def all_of(shop, model):
    with shop.work.read() as uow:
        return uow.session.scalars(select(model).order_by(model.id)).all()


def paid_by_hand(shop, number):
    with shop.work.write() as uow:
        found = uow.session.scalars(select(Invoice).where(Invoice.number == number)).one()
        transactions.record_manual(uow, found, "banktransfer", found.balance_due, f"b{found.id}")


def cancelled(shop, number):
    with shop.work.write() as uow:
        found = uow.session.scalars(select(Invoice).where(Invoice.number == number)).one()
        invoices.cancel(uow, found, "a mistake")


def review(browser):
    form = browser.get("/billing/checkout/review/").forms["review"]
    form["terms"] = True
    return form


def pay(browser, number, token=None, **fields):
    sent = {"csrf_token": token or csrf_of(browser), "gateway": "banktransfer"} | fields
    return browser.post(f"/billing/invoices/{number}/pay/", sent, status="*")


def test_B050_sent_twice_and_from_the_back_button_it_is_one_order(shop, ann):
    put_in_cart(ann)
    form = review(ann)
    first = form.submit(status=303).location
    with untouched(shop):
        assert form.submit(status=303).location == first  # the same page again
        assert form.submit(status=303).location == first
    assert len(all_of(shop, Order)) == len(all_of(shop, Invoice)) == 1


def test_B050_a_page_older_than_a_day_is_shown_again_first(shop, as_client):
    object.__setattr__(shop.work.settings.security, "session_hours", 48)  # logins that outlive the page
    ann = as_client()
    put_in_cart(ann)
    form = review(ann)
    shop.work.clock.advance(timedelta(hours=24, seconds=1))
    with untouched(shop):
        page = form.submit(status=409)
    assert "more than a day" in page.text
    again = page.forms["review"]
    again["terms"] = True
    again.submit(status=303)


def test_B050_a_page_that_outlived_its_login_orders_nothing(shop, ann):
    put_in_cart(ann)
    form = review(ann)
    shop.work.clock.advance(timedelta(hours=24))
    with untouched(shop):
        assert "/accounts/login/" in form.submit(status=303).location


def test_B050_the_cart_of_somebody_else_is_not_found(shop, ann, bob):
    put_in_cart(ann)
    form = review(ann)
    put_in_cart(bob, "web-start")
    sent = {"form_key": form["form_key"].value, "terms": "yes", "csrf_token": csrf_of(bob)}
    with untouched(shop):
        bob.post("/billing/checkout/review/", sent, status=404)
    assert all_of(shop, Order) == []


def test_B050_without_the_terms_nothing_is_ordered(shop, ann):
    put_in_cart(ann)
    form = review(ann)
    form["terms"] = False
    with untouched(shop):
        page = form.submit(status=422)
    assert page.html.find(id="terms")["aria-invalid"] == "true"


def test_B051_a_way_to_pay_that_is_not_offered(shop, ann):
    number = bill(shop)
    token = csrf_of(ann)
    for gateway in ("", "paypal", "../x", "stripe", "banktransfer\n", "BANKTRANSFER", "' OR 1=1--", SCRIPT):
        with untouched(shop, gateway):
            page = pay(ann, number, token, gateway=gateway)
        assert page.status_int == 422, gateway
        assert "payment ways" in page.html.find(id="errors").get_text()
        assert page.html.find(id="alive") is None


def test_B051_a_way_to_pay_that_does_not_take_this_currency(shop, ann, browser):
    with shop.work.write() as uow:
        save_settings(uow, shop.host, "banktransfer", {"currencies": ("EUR",)})
    number = bill(shop, currency="USD")
    with untouched(shop):
        page = pay(ann, number)
        assert page.status_int == 422
        assert "does not take USD" in page.html.find(id="errors").get_text()
        link = link_to(shop, number)
        assert browser.get(link).html.find("button", {"name": "gateway"}) is None
        sent = {"csrf_token": csrf_of(browser), "gateway": "banktransfer"}
        browser.post(link, sent, status=422)
        page = ann.get(f"/billing/invoices/{number}/")
        assert not [form for form in page.forms.values() if form.action.endswith("/pay/")]
    assert pay(ann, bill(shop)).status_int == 303


def test_B052_credit_that_is_none_or_not_there(shop, ann):
    number = bill(shop)
    with shop.work.write() as uow:
        credit.adjust(uow, 1, Money(1000, "EUR"), "a gift")
    form = next(
        form
        for form in ann.get(f"/billing/invoices/{number}/").forms.values()
        if form.action.endswith("/credit/")
    )
    for typed in ("-5", "10.01", "0.001", "1e3", "NaN", "0", "", "1,00", "Infinity", "9" * 30, SCRIPT):
        form["amount"].force_value(typed)
        with untouched(shop, typed):
            page = form.submit(status="*")
        refused_at(page, "amount", typed or None)
        assert page.html.find(id="alive") is None


def test_B053_nothing_to_pay_asks_no_gateway_and_the_order_goes_on(shop, ann):
    with shop.work.write() as uow:
        create(uow, Terms(code="WHOLE", kind="percent", percent_ppm=1_000_000))
    put_in_cart(ann)
    ann.post("/cart/code/", {"csrf_token": csrf_of(ann), "code": "WHOLE"}, status=303)
    review(ann).submit(status=303)
    drain(shop)
    assert [(found.total_minor, found.status) for found in all_of(shop, Invoice)] == [(0, InvoiceStatus.PAID)]
    assert all_of(shop, Transaction) == []
    assert "Active" in ann.get("/dashboard/services/1/").text


def test_B055_what_is_not_owed_or_not_ones_own_cannot_be_paid(shop, ann, bob):
    token, gone, done, of_bob = csrf_of(ann), bill(shop), bill(shop), bill(shop, client_id=2)
    cancelled(shop, gone)
    paid_by_hand(shop, done)
    refunded = bill(shop)
    paid_by_hand(shop, refunded)
    with shop.work.write() as uow:
        found = uow.session.scalars(select(Invoice).where(Invoice.number == refunded)).one()
        found.status = InvoiceStatus.REFUNDED
    for number, status in ((of_bob, 404), ("2026-99999", 404), (gone, 409), (done, 409), (refunded, 409)):
        for fields in ({}, {"amount": "1.00"}):
            with untouched(shop, number):
                assert pay(ann, number, token, **fields).status_int == status, number
        sent = {"csrf_token": token, "amount": "1.00"}
        with untouched(shop, number):
            answer = ann.post(f"/billing/invoices/{number}/credit/", sent, status="*")
        assert answer.status_int in (status, 422), number


def test_B055_a_draft_is_nothing_that_a_client_can_see_or_pay(shop, ann):
    with shop.work.write() as uow:
        due_on = uow.today() + timedelta(days=14)
        draft = invoices.save_draft(uow, 1, "EUR", [item("Hour", Money(8000, "EUR"))], due_on=due_on).id
    for number in (str(draft), "None", "Draft", "null"):
        with untouched(shop, number):
            assert pay(ann, number).status_int == 404
            ann.get(f"/billing/invoices/{number}/", status=404)


@pytest.mark.parametrize(
    ("currency", "amounts"),
    [
        ("EUR", ("30.01", "0", "-1", "-0.01", "1.001", "1e1", "NaN", "1,50", "\uff11", "9" * 30, SCRIPT)),
        ("JPY", ("10.50", "3001", "0", "-1", "1e3")),
    ],
)
def test_B056_a_part_that_is_none(shop, ann, currency, amounts):
    number, token = bill(shop, currency=currency), csrf_of(ann)
    for typed in amounts:
        with untouched(shop, typed):
            page = pay(ann, number, token, amount=typed)
        refused_at(page, "part", typed)
        assert page.html.find(id="alive") is None


def test_B057_coming_back_by_hand_changes_nothing(shop, ann):
    number = bill(shop)
    pay(ann, number)
    for query in (
        "status=success",
        "status=paid&amount=0",
        "redirect_status=succeeded",
        "session_id=cs_1",
        "paid=1",
    ):
        with untouched(shop, query):
            page = ann.get(f"/billing/invoices/{number}/return/?{query}", status=200)
        assert "waiting for" in page.text.lower()
    assert one(shop, number).status == InvoiceStatus.UNPAID


def test_B058_the_way_back_of_another_invoice_and_a_year_later(shop, ann, bob, as_client):
    number, of_bob = bill(shop), bill(shop, client_id=2)
    pay(ann, number)
    with untouched(shop):
        ann.get(f"/billing/invoices/{of_bob}/return/?status=success", status=404)
        bob.get(f"/billing/invoices/{number}/return/", status=404)
        bob.get(f"/billing/invoices/{of_bob}/pay/1/", status=404)
    paid_by_hand(shop, number)
    shop.work.clock.advance(timedelta(days=366))
    ann = log_in_again(shop, ann)
    with untouched(shop):
        page = ann.get(f"/billing/invoices/{number}/return/?status=failed", status=200)
    assert "Paid, thank you" in page.text
    assert one(shop, number).paid_minor == 3000


def log_in_again(shop, browser):
    """The session is over after a year; the same person opens a new one."""
    with shop.work.write() as uow:
        user = user_by_email(uow, "ann@client.example")
        browser.set_cookie("ez_session", accounts.open_session(uow, user.id, ip="192.0.2.7", agent="test"))
    return browser


def link_to(shop, number):
    with shop.work.read() as uow:
        found = uow.session.scalars(select(Invoice).where(Invoice.number == number)).one()
        return f"/pay/{invoices.pay_token(uow, found)}/"


def test_B059_a_link_that_was_tampered_with_is_no_link(shop, ann, browser):
    first, other = link_to(shop, bill(shop)), link_to(shop, bill(shop))
    sent = {"csrf_token": csrf_of(browser), "gateway": "banktransfer"}
    cut = len("/pay/")
    for wrong in (
        f"/pay/x{first[cut:]}",
        f"{first[:-2]}{'A' if first[-2] != 'A' else 'B'}/",
        f"/pay/{first[cut : cut + 10]}{other[cut + 10 :]}",
        f"/pay/{first[cut:-1].upper()}/",
        "/pay/x/",
        "/pay/1/",
        "/pay/%00/",
        "/pay/%F0%9F%92%A9/",
        f"/pay/{'a' * 5000}/",
        "/pay/..%2f..%2fadmin/",
    ):
        with untouched(shop, wrong):
            assert browser.get(wrong, status="*").status_int in (400, 404), wrong
            assert browser.post(wrong, sent, status="*").status_int in (400, 404), wrong


def test_B059_a_link_is_over_when_it_ran_out_or_nothing_is_owed(shop, ann, browser):
    late, void, done = bill(shop), bill(shop), bill(shop)
    links = [link_to(shop, number) for number in (late, void, done)]
    cancelled(shop, void)
    paid_by_hand(shop, done)
    shop.work.clock.advance(timedelta(days=61))
    sent = {"csrf_token": csrf_of(browser), "gateway": "banktransfer"}
    for link in links:
        with untouched(shop, link):
            browser.get(link, status=410)
            browser.post(link, sent, status=410)


def test_B060_nobody_reads_the_files_of_somebody_else(shop, ann, bob, browser):
    number = bill(shop)
    for ending in ("pdf/", "pdf/?lang=../../x", "pdf/?template=x", "xml/", "ubl/", ""):
        address = f"/billing/invoices/{number}/{ending}"
        with untouched(shop, address):
            theirs = bob.get(address, status=404)
        nobodys = bob.get(address.replace(number, "2026-09999"), status=404)
        assert theirs.body == nobodys.body
        assert "/accounts/login/" in browser.get(address, status=303).location
