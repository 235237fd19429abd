"""What a client sees of services, orders and invoices: their own, and nobody else's."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from sqlalchemy import select

from ezcore.billing.invoices import operations as invoices
from ezcore.billing.invoices.models import Invoice, InvoiceStatus
from ezcore.billing.transactions import operations as transactions
from ezcore.billing.transactions.models import Transaction
from ezcore.kernel.money import Money
from ezcore.services.services import operations as services
from ezcore.services.services.models import Service, ServiceState
from ezcore.worker import drain
from tests.fixtures_shop import PASSWORD, csrf_of, order, put_in_cart

BILL = "/billing/invoices/2026-00001/"
PAGES = (
    "/dashboard/", "/dashboard/services/", "/dashboard/services/1/", "/dashboard/services/1/cancel/", "/orders/1/",
    "/billing/", "/billing/?show=paid", BILL, f"{BILL}return/", "/billing/methods/", "/billing/credit/",
)  # fmt: skip
OF_ANN = (
    "/dashboard/services/1/", "/dashboard/services/1/progress/", "/dashboard/services/1/cancel/", "/orders/1/",
    "/dashboard/services/1/name/", "/orders/1/progress/", BILL, f"{BILL}return/", f"{BILL}pay/1/",
)  # fmt: skip
POSTS_OF_ANN = (
    "/dashboard/services/1/cancel/", "/dashboard/services/1/keep/", "/dashboard/services/1/reveal/", f"{BILL}pay/",
    "/dashboard/services/1/name/",
)  # fmt: skip
NO_IDS = ("0", "-1", "99999999999", "1e3", "0x1", "\uff11\uff12", "1_000", "1;drop", "' OR 1=1--", "9" * 30)


def pay(shop, extra=0):
    with shop.work.write() as uow:
        invoice = uow.session.scalars(select(Invoice).order_by(Invoice.id.desc())).first()
        transactions.record_manual(
            uow, invoice, "banktransfer", invoice.total + Money(extra, "EUR"), f"b{invoice.id}"
        )
    drain(shop)


def start_payment(browser):
    form = next(form for form in browser.get(BILL).forms.values() if form.action.endswith("/pay/"))
    return form.submit(status=303).follow(status=200)


def test_a_new_client_sees_three_first_steps_instead_of_zeros(as_client):
    page = as_client().get("/dashboard/", status=200)
    assert len(page.html.select(".first-steps > li")) == 3
    assert not page.html.select(".kpi")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_of_a_client_is_whole(shop, as_client, path):
    ann = as_client()
    order(ann)
    pay(shop)
    page = ann.get(path, status=200)
    assert len(page.html.find_all("h1")) == 1
    assert not page.html.find_all(style=True)
    assert page.headers["Cache-Control"] == "no-store"


def test_the_dashboard_shows_what_is_owed_and_what_there_is(as_client):
    ann = as_client()
    order(ann, label="studio.example")
    page = ann.get("/dashboard/")
    assert "2026-00001" in page.text
    assert "studio.example" in page.text
    assert "Waiting for payment" in page.text


def test_paying_sets_the_service_up_and_the_order_is_done(shop, as_client):
    ann = as_client()
    number = order(ann, label="studio.example")
    assert "Pay the invoice" in ann.get(f"/orders/{number}/").text
    pay(shop)
    page = ann.get(f"/orders/{number}/progress/", headers={"X-Fragment": "1"}, status=200)
    assert page.html.select_one("[data-done]")
    assert not page.html.find("html")
    assert "Active" in ann.get("/dashboard/services/1/").text


def test_an_order_is_watched_until_its_last_service_is_done(shop, as_client):
    ann = as_client()
    put_in_cart(ann, "web-start")
    number = order(ann)
    pay(shop)
    with shop.work.write() as uow:  # as if the second were still being made
        uow.session.get_one(Service, 2).state = ServiceState.PENDING
    page = ann.get(f"/orders/{number}/progress/", headers={"X-Fragment": "1"})
    assert not page.html.select_one("[data-done]")
    assert ann.get(f"/orders/{number}/").html.select_one("[data-live]")
    assert ann.get("/dashboard/services/1/progress/", headers={"X-Fragment": "1"}).html.select_one(
        "[data-done]"
    )


def test_a_fragment_opened_by_a_person_leads_to_its_page(as_client):
    ann = as_client()
    order(ann)
    assert ann.get("/dashboard/services/1/progress/", status=303).location.endswith("/dashboard/services/1/")


@pytest.mark.parametrize("path", OF_ANN)
def test_what_belongs_to_another_client_is_not_found(shop, as_client, path):
    ann, bob = as_client(), as_client("bob@client.example", "Bob")
    order(ann)
    start_payment(ann)
    assert ann.get(path, headers={"X-Fragment": "1"}).status_code == 200
    mine = bob.get(path, headers={"X-Fragment": "1"}, status=404)
    other = path.replace("/1/", "/424242/").replace("00001", "99999")
    assert bob.get(other, headers={"X-Fragment": "1"}, status=404).text == mine.text


@pytest.mark.parametrize("path", POSTS_OF_ANN)
def test_nothing_can_be_done_with_what_belongs_to_another_client(shop, as_client, path):
    ann, bob = as_client(), as_client("bob@client.example", "Bob")
    order(ann)
    pay(shop)
    sent = {
        "csrf_token": csrf_of(bob),
        "password": PASSWORD,
        "name": "root_password",
        "gateway": "banktransfer",
    }
    bob.post(path, sent, status=404)
    with shop.work.read() as uow:
        service = uow.session.scalars(select(Service)).one()
        assert (service.state, service.cancel_on) == (ServiceState.ACTIVE, None)


@pytest.mark.parametrize("path", ["/dashboard/", "/dashboard/services/1/", "/orders/1/", "/billing/", BILL])
def test_a_visitor_is_asked_to_log_in_and_staff_is_not_a_client(browser, as_staff, path):
    assert "/accounts/login/" in browser.get(path, status=303).location
    as_staff().get(path, status=403)


@pytest.mark.parametrize("number", NO_IDS)
def test_a_number_that_is_not_written_as_ours_is_not_found(as_client, number):
    ann, number = as_client(), quote(number)
    for path in (f"/dashboard/services/{number}/", f"/orders/{number}/", f"/billing/invoices/{number}/"):
        ann.get(path, status=404)


def test_a_payment_starts_on_a_page_of_ours(shop, as_client):
    ann = as_client()
    order(ann)
    page = start_payment(ann)
    assert "IBAN" in page.text
    assert not [form for form in page.forms.values() if form.action.startswith("http")]


@pytest.mark.parametrize("state", ["paid", "cancelled", "refunded"])
def test_b055_what_is_not_owed_cannot_be_paid(shop, as_client, state):
    ann = as_client()
    order(ann)
    if state == "paid":
        pay(shop)
    else:
        with shop.work.write() as uow:
            invoice = uow.session.scalars(select(Invoice)).one()
            invoices.cancel(uow, invoice, "test")
            invoice.status = InvoiceStatus(state)
    before = len(all_of(shop, Transaction))
    ann.post(f"{BILL}pay/", {"csrf_token": csrf_of(ann), "gateway": "banktransfer"}, status=409)
    assert len(all_of(shop, Transaction)) == before


@pytest.mark.parametrize(
    "query", ["status=success", "status=paid&amount=0", "redirect_status=succeeded", "paid=1"]
)
def test_b057_coming_back_by_hand_changes_nothing(shop, as_client, query):
    ann = as_client()
    order(ann)
    start_payment(ann)
    assert "We are waiting for your bank" in ann.get(f"{BILL}return/?{query}", status=200).text
    assert all_of(shop, Invoice)[0].status == InvoiceStatus.UNPAID


def test_the_return_page_says_paid_when_the_money_is_here(shop, as_client):
    ann = as_client()
    order(ann)
    pay(shop)
    page = ann.get(f"{BILL}return/", headers={"X-Fragment": "1"})
    assert "Paid, thank you" in page.text
    assert page.html.select_one("[data-done]")


def test_a_service_can_be_cancelled_and_kept(shop, as_client):
    ann = as_client()
    order(ann)
    pay(shop)
    page = ann.get("/dashboard/services/1/cancel/")
    form = next(form for form in page.forms.values() if form.action.endswith("/cancel/"))
    page = form.submit(status=303).follow()
    assert "Ends on" in page.text
    form = next(form for form in page.forms.values() if form.action.endswith("/keep/"))
    assert "Ends on" not in form.submit(status=303).follow().text
    assert all_of(shop, Service)[0].cancel_on is None


def test_a_client_gives_a_service_a_name_of_their_own(shop, as_client, as_staff):
    """It stands in lists and is searched by; the machine and the invoice keep their name. Empty takes it away."""
    ann = as_client()
    order(ann)
    pay(shop)
    label = all_of(shop, Service)[0].label

    def call_it(name, status=303):
        form = next(f for f in ann.get("/dashboard/services/1/name/").forms.values() if "name/" in f.action)
        form["nickname"] = name
        return form.submit(status=status)

    assert "Shop of Anna &lt;1&gt;" in call_it("  Shop of Anna <1> ").follow().text
    found = ann.get("/dashboard/services/?q=of+anna").text
    assert label in found
    assert "Shop of Anna" in found
    assert "“Shop of Anna" in as_staff().get("/admin/services/1/").text
    assert label in ann.get(BILL).text
    assert "Shop of Anna" not in ann.get(BILL).text

    refused = call_it("x" * 61, status=422)
    assert "x" * 61 in refused.text  # nothing typed is lost
    assert all_of(shop, Service)[0].nickname == "Shop of Anna <1>"
    call_it("")
    assert all_of(shop, Service)[0].nickname == ""


def test_a_secret_is_shown_once_after_the_password(shop, as_client):
    ann = as_client(password=PASSWORD)
    order(ann)
    pay(shop)
    with shop.work.write() as uow:
        services.keep_secret(uow, 1, "root_password", "horse-battery")
    page = ann.get("/dashboard/services/1/")
    assert "horse-battery" not in page.text
    form = next(form for form in page.forms.values() if form.action.endswith("/reveal/"))
    form["password"] = "wrong"
    assert "horse-battery" not in form.submit(status=422).text
    form["password"] = PASSWORD
    page = form.submit(status=200)
    assert "horse-battery" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert "horse-battery" not in form.submit(status=409).text


def test_what_was_paid_too_much_is_credit(shop, as_client):
    ann = as_client()
    order(ann)
    pay(shop, extra=250)
    assert "€2.50" in ann.get("/billing/credit/").html.select_one("aside").text


def test_lists_cost_the_same_however_long_they_are(shop, as_client, count_queries):
    ann = as_client()
    order(ann)
    pay(shop)
    seen = {}
    for length in (1, 4):
        for path in ("/dashboard/", "/dashboard/services/", "/billing/"):
            with count_queries(shop.engine) as queries:
                ann.get(path)
            seen[path, length] = len(queries)
        for _ in range(3 if length == 1 else 0):
            order(ann)
            pay(shop)
    assert {path: seen[path, 1] for path, _ in seen} == {path: seen[path, 4] for path, _ in seen}
    assert max(seen.values()) <= 16, seen


def all_of(shop, model):
    with shop.work.read() as uow:
        return uow.session.scalars(select(model)).all()
