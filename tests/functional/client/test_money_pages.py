"""What a client does with money beyond paying an invoice: parts, credit, several at once, links, quotes, statements."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from sqlalchemy import select

from ezcore.billing.credit import operations as credit
from ezcore.billing.credit_notes import operations as credit_notes
from ezcore.billing.invoices import operations as invoices
from ezcore.billing.invoices.models import Invoice
from ezcore.billing.invoices.operations.draft import item
from ezcore.billing.invoices.rules import LineDraft
from ezcore.billing.quotes import operations as quotes
from ezcore.billing.quotes.models import Quote
from ezcore.billing.transactions import operations as transactions
from ezcore.billing.transactions.models import Transaction
from ezcore.kernel.money import Money
from ezcore.plugin_api.ports.gateway import PaymentResult
from tests.fixtures_shop import csrf_of, order

TEN = Money(1000, "EUR")


def bill(shop, client_id=1, *amounts, currency="EUR", days=7):
    with shop.work.write() as uow:
        return [
            invoices.issue(
                uow,
                client_id,
                currency,
                [LineDraft("Work", Money(minor, currency))],
                due_on=uow.today() + timedelta(days=days - place),
            ).number
            for place, minor in enumerate(amounts)
        ]


def one(shop, number):
    with shop.work.read() as uow:
        return uow.session.scalars(select(Invoice).where(Invoice.number == number)).one()


def give(shop, amount=TEN, client_id=1):
    with shop.work.write() as uow:
        credit.adjust(uow, client_id, amount, "a gift")


def arrive(shop, amount=None):
    """The money of the newest transaction comes in."""
    with shop.work.write() as uow:
        found = uow.session.scalars(select(Transaction).order_by(Transaction.id.desc())).first()
        transactions.settle(
            uow, found, PaymentResult(status="succeeded", external_id=f"x{found.id}", amount=amount)
        )


def form_to(page, ending):
    return next(form for form in page.forms.values() if form.action.endswith(ending))


@pytest.fixture
def ann(as_client, shop):
    return as_client()


def test_an_invoice_says_how_its_amounts_came_about_and_what_was_applied(shop, ann):
    order(ann)
    give(shop)
    page = form_to(ann.get("/billing/invoices/2026-00001/"), "/credit/").submit(status=303).follow()
    assert "every month" in page.html.select_one("details p").get_text()
    assert "Account credit" in page.html.find(id="applied").parent.parent.get_text()
    assert one(shop, "2026-00001").status == "paid"


@pytest.mark.parametrize("amount", ["-5", "0", "20.00", "0.001", "1e3", "NaN", "", "9" * 30])
def test_B052_an_amount_of_credit_that_is_none_is_refused_at_its_field(shop, ann, amount):
    [number] = bill(shop, 1, 3000)
    give(shop)
    page = form_to(ann.get(f"/billing/invoices/{number}/"), "/credit/")
    page["amount"] = amount
    answer = page.submit(status=422)
    assert answer.html.select_one("#amount")["aria-invalid"] == "true"
    assert one(shop, number).paid_minor == 0


@pytest.mark.parametrize("amount", ["30.01", "0", "-1", "1.001", "abc", "1e1"])
def test_B056_a_part_that_is_none_is_refused_and_what_was_typed_stays(shop, ann, amount):
    [number] = bill(shop, 1, 3000)
    sent = {"csrf_token": csrf_of(ann), "gateway": "banktransfer", "amount": amount}
    page = ann.post(f"/billing/invoices/{number}/pay/", sent, status=422)
    assert page.html.select_one("#part")["value"] == amount
    with shop.work.read() as uow:
        assert uow.session.scalars(select(Transaction)).all() == []


def test_B056_yen_have_no_decimals(shop, ann):
    [number] = bill(shop, 1, 3000, currency="JPY")
    sent = {"csrf_token": csrf_of(ann), "gateway": "banktransfer", "amount": "10.50"}
    ann.post(f"/billing/invoices/{number}/pay/", sent, status=422)


def test_a_part_is_paid_and_what_comes_too_much_is_credit_and_shown(shop, ann):
    """30.00 owed, 12.50 of it asked for; 40.00 arrive: 30.00 settle it, 10.00 are credit."""
    [number] = bill(shop, 1, 3000)
    sent = {"csrf_token": csrf_of(ann), "gateway": "banktransfer", "amount": "12.50"}
    page = ann.post(f"/billing/invoices/{number}/pay/", sent, status=303).follow()
    assert "€12.50" in page.text
    arrive(shop, Money(4000, "EUR"))
    assert one(shop, number).status == "paid"
    assert "€10.00" in ann.get("/billing/credit/").html.select_one("aside").text


def test_two_invoices_are_paid_by_one_payment_the_earliest_due_first(shop, ann):
    """20.00 due first and 10.00; 25.00 arrive: 20.00 and 5.00."""
    later, first = bill(shop, 1, 1000, 2000)
    page = ann.get("/billing/pay/")
    assert "€30.00" in page.text
    form = form_to(page, "/billing/pay/")
    sent = form.submit("gateway", value="banktransfer", status=303).follow(status=200)
    assert "€30.00" in sent.text
    arrive(shop, Money(2500, "EUR"))
    assert (one(shop, first).status, one(shop, later).paid_minor) == ("paid", 500)
    again = ann.get(f"/billing/invoices/{later}/")
    assert "€25.00" in again.html.find(id="history").parent.parent.get_text()


def test_what_is_not_ones_own_not_owed_or_of_two_currencies_is_not_paid_together(shop, ann, as_client):
    mine, other = bill(shop, 1, 1000, 2000)
    [dollars] = bill(shop, 1, 500, currency="USD")
    as_client("bob@client.example", "Bob")
    [of_bob] = bill(shop, 2, 700)
    token = csrf_of(ann)

    def pay(*numbers, status):
        fields = [("csrf_token", token), ("gateway", "banktransfer"), *(("invoice", n) for n in numbers)]
        return ann.post("/billing/pay/", fields, status=status)

    pay(mine, of_bob, status=404)
    pay(mine, dollars, status=409)
    pay(status=422)
    with shop.work.write() as uow:
        invoices.cancel(uow, uow.session.scalars(select(Invoice).where(Invoice.number == other)).one(), "no")
    pay(mine, other, status=409)
    ann.post("/billing/pay/", {"csrf_token": token, "gateway": "../x", "invoice": mine}, status=422)
    with shop.work.read() as uow:
        assert uow.session.scalars(select(Transaction)).all() == []


@pytest.mark.parametrize("amount", ["4.99", "1000.01", "0", "-5", "5.001", "x", ""])
def test_funds_outside_the_limits_are_refused_at_their_field(shop, ann, amount):
    form = form_to(ann.get("/billing/credit/"), "/add/")
    form["amount"] = amount
    assert form.submit(status=422).html.select_one("#amount")["aria-invalid"] == "true"


def test_funds_are_an_invoice_first_and_credit_when_it_is_paid(shop, ann):
    form = form_to(ann.get("/billing/credit/"), "/add/")
    form["amount"] = "25"
    page = form.submit(status=303).follow(status=200)
    assert "€25.00" in page.text
    form_to(page, "/pay/").submit(status=303)
    arrive(shop)
    assert "€25.00" in ann.get("/billing/credit/").html.select_one("aside").text


def test_a_credit_note_is_shown_and_belongs_to_its_client(shop, ann, as_client):
    [number] = bill(shop, 1, 3000)
    with shop.work.write() as uow:
        found = uow.session.scalars(select(Invoice)).one()
        note = credit_notes.issue(uow, found, "one hour too many", TEN).number
    assert note in ann.get(f"/billing/invoices/{number}/").text
    assert note in ann.get("/billing/credit-notes/").text
    page = ann.get(f"/billing/credit-notes/{note}/")
    assert "€10.00" in page.text
    assert "one hour too many" in page.text
    bob = as_client("bob@client.example", "Bob")
    bob.get(f"/billing/credit-notes/{note}/", status=404)


def test_the_statement_runs_from_what_was_owed_to_what_is_owed(shop, ann):
    """30.00 invoiced, 10.00 credited, 20.00 paid: 30, 20, 0."""
    bill(shop, 1, 3000)
    with shop.work.write() as uow:
        found = uow.session.scalars(select(Invoice)).one()
        credit_notes.issue(uow, found, "less", TEN)
        transactions.record_manual(uow, found, "banktransfer", Money(2000, "EUR"), "b1")
    page = ann.get("/billing/statement/")
    assert [cell.get_text() for cell in page.html.select("tbody td.c-r")] == [
        "€0.00",
        "€30.00",
        "€20.00",
        "€0.00",
    ]
    file = ann.get("/billing/statement/statement.csv")
    assert file.content_type == "text/csv"
    rows = list(csv.reader(io.StringIO(file.text)))
    assert [row[4:] for row in rows[2:]] == [["30.00", "30.00"], ["-10.00", "20.00"], ["-20.00", "0.00"]]


@pytest.mark.parametrize(
    "query", ["from=x&to=y", "from=2026-13-99", "from=2027-01-01&to=2026-01-01", "currency=XXX"]
)
def test_a_statement_of_dates_that_are_none_is_that_of_this_year(shop, ann, query):
    bill(shop, 1, 3000)
    assert "€30.00" in ann.get(f"/billing/statement/?{query}").text


def link(shop, number):
    with shop.work.read() as uow:
        found = uow.session.scalars(select(Invoice).where(Invoice.number == number)).one()
        return f"/pay/{invoices.pay_token(uow, found)}/"


def test_somebody_without_login_pays_by_the_link_and_sees_nothing_else(shop, ann, browser):
    first, other = bill(shop, 1, 3000, 1000)
    give(shop)
    address = link(shop, first)
    page = browser.get(address, status=200)
    assert "€30.00" in page.text
    assert other not in page.text
    assert "ann@client.example" not in page.text
    assert "credit" not in page.text.lower()
    go = page.forms[0].submit(status=303).follow(status=200)
    assert "IBAN" in go.text
    assert go.headers["Referrer-Policy"] == "no-referrer"
    assert "Waiting" in browser.get(f"{address}return/").text
    arrive(shop)
    assert "Paid, thank you" in browser.get(f"{address}return/").text
    assert browser.get(address, status=410).status_code == 410


def test_B059_a_link_that_was_changed_ran_out_or_is_of_a_void_invoice_is_no_link(shop, ann, browser):
    first, other = bill(shop, 1, 3000, 1000)
    address = link(shop, first)
    for wrong in (
        f"/pay/x{address[5:]}",
        f"{address[:-2]}x/",
        "/pay/x/",
        "/pay/%F0%9F%92%A9/",
        f"/pay/{'a' * 500}/",
    ):
        browser.get(wrong, status=404)
    browser.post(f"{address}", {"csrf_token": csrf_of(browser), "gateway": "paypal"}, status=422)
    void = link(shop, other)
    with shop.work.write() as uow:
        found = uow.session.scalars(select(Invoice).where(Invoice.number == other)).one()
        invoices.cancel(uow, found, "a mistake")
    browser.get(void, status=410)
    browser.post(void, {"csrf_token": csrf_of(browser), "gateway": "banktransfer"}, status=410)
    shop.work.clock.advance(timedelta(days=61))
    browser.get(address, status=410)


def test_a_payment_of_another_invoice_is_not_shown_by_the_link(shop, ann, browser):
    first, other = bill(shop, 1, 3000, 1000)
    ann.post(
        f"/billing/invoices/{other}/pay/", {"csrf_token": csrf_of(ann), "gateway": "banktransfer"}, status=303
    )
    browser.get(f"{link(shop, first)}1/", status=404)


def quote(shop, days=14):
    with shop.work.write() as uow:
        lines = [item("New site", Money(50000, "EUR")), item("Hour", Money(8000, "EUR"), 2)]
        made = quotes.save(
            uow, 1, "EUR", "A new site", lines, valid_until=uow.today() + timedelta(days=days), note="As told"
        )
        return made.id, quotes.send(uow, made)


def answered(shop):
    with shop.work.read() as uow:
        return uow.session.scalars(select(Quote)).one()


def test_a_quote_is_accepted_by_its_link_and_becomes_an_invoice(shop, ann, browser):
    """500.00 + 2 x 80.00 = 660.00."""
    _, token = quote(shop)
    page = browser.get(f"/quotes/{token}/", status=200)
    assert "€660.00" in page.text
    form = form_to(page, "/accept/")
    assert form.submit(status=422).html.select_one("#name")["aria-invalid"] == "true"
    form["name"] = "Ann of Ann Ltd"
    paying = form.submit(status=303).follow(status=200)
    assert "€660.00" in paying.text
    found = answered(shop)
    assert (found.status, found.answered_by, found.answered_ip) == ("accepted", "Ann of Ann Ltd", "192.0.2.7")
    form.submit(status=409)
    assert token not in str(found.__dict__)


def test_a_quote_is_declined_or_accepted_in_the_client_area_by_its_client_only(shop, ann, as_client):
    quote(shop)
    bob = as_client("bob@client.example", "Bob")
    bob.get("/billing/quotes/Q-2026-00001/", status=404)
    bob.post("/billing/quotes/Q-2026-00001/accept/", {"csrf_token": csrf_of(bob)}, status=404)
    form = form_to(ann.get("/billing/quotes/Q-2026-00001/"), "/decline/")
    form["reason"] = "too dear"
    form.submit(status=303)
    assert (answered(shop).status, answered(shop).answer_reason) == ("declined", "too dear")
    ann.post("/billing/quotes/Q-2026-00001/accept/", {"csrf_token": csrf_of(ann)}, status=409)


def test_a_quote_that_is_past_its_day_cannot_be_accepted(shop, ann, browser):
    _, token = quote(shop, days=1)
    shop.work.clock.advance(timedelta(days=2))
    page = browser.get(f"/quotes/{token}/", status=200)
    assert not [form for form in page.forms.values() if form.action.endswith("/accept/")]
    sent = {"csrf_token": csrf_of(browser), "name": "Ann"}
    browser.post(f"/quotes/{token}/accept/", sent, status=409)
    browser.get("/quotes/another-token/", status=404)


@pytest.mark.parametrize(
    "path",
    [
        "/billing/",
        "/billing/credit/",
        "/billing/pay/",
        "/billing/quotes/",
        "/billing/credit-notes/",
        "/billing/statement/",
    ],
)
def test_the_pages_are_whole_and_their_queries_do_not_grow(shop, ann, count_queries, path):
    seen = []
    for _ in range(2):
        bill(shop, 1, 3000, 2000)
        quote(shop)
        with count_queries(shop.engine) as queries:
            page = ann.get(path, status=200)
        seen.append(len(queries))
    assert len(page.html.find_all("h1")) == 1
    assert not page.html.find_all(style=True)
    assert seen[0] == seen[1] <= 16
