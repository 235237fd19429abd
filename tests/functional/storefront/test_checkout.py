"""From the cart to the order: steps in their order, nothing lost, ordered once, at our prices."""

from __future__ import annotations

import re
from datetime import timedelta

from sqlalchemy import func, select

from ezcore.accounts import operations as accounts
from ezcore.accounts.models import LoginSession, User
from ezcore.billing.invoices.models import Invoice, InvoiceStatus
from ezcore.billing.transactions.models import Transaction
from ezcore.catalog.products.models import Price, Product
from ezcore.messaging import queries as mails
from ezcore.messaging.models import Mail
from ezcore.orders.orders.models import Order
from ezcore.services.services.models import Service
from tests.fixtures_shop import PASSWORD, order, put_in_cart


def count(shop, model):
    with shop.work.read() as uow:
        return uow.session.scalar(select(func.count()).select_from(model))


def reprice(shop, slug, minor):
    with shop.work.write() as uow:
        product = uow.session.scalars(select(Product).where(Product.slug == slug)).one()
        for price in uow.session.scalars(select(Price).where(Price.product_id == product.id)):
            price.amount_minor = minor


def review(browser):
    return browser.get("/billing/checkout/review/", status=200).forms["review"]


def sign_up(browser, email="eve@client.example"):
    form = browser.get("/billing/checkout/account/").forms["sign-up"]
    form["name"], form["email"], form["password"], form["country"] = "Eve", email, PASSWORD, "EE"
    form["terms"] = True
    return form.submit(status=303).follow(status=200)


def verify_link(shop, email):
    with shop.work.read() as uow:
        mail = uow.session.scalars(
            select(Mail).where(Mail.recipient == email).order_by(Mail.id.desc())
        ).first()
        return re.search(r"/accounts/verify/[^/\s]+/", mails.body_of(uow, mail)).group()


def confirm(shop, browser, email="eve@client.example"):
    """Open the link of the mail and press its button."""
    page = browser.get(verify_link(shop, email))
    button = page.html.find("main").find("form")
    sent = {field["name"]: field["value"] for field in button.find_all("input")}
    return browser.post(button.get("action") or page.request.path, sent, status=303).follow()


def test_an_empty_cart_goes_back_to_the_cart(as_client):
    assert as_client().get("/billing/checkout/", status=303).location.endswith("/cart/")


def test_a_visitor_is_led_through_account_billing_and_review_to_the_order(shop, browser):
    put_in_cart(browser)
    page = browser.get("/billing/checkout/").follow()
    assert page.request.path == "/billing/checkout/account/"
    assert "Check your mail" in sign_up(browser).text
    page = confirm(shop, browser)
    while page.status_code == 303:
        page = page.follow()
    assert page.request.path == "/billing/checkout/billing/"
    form = page.forms["billing"]
    form["line1"], form["city"] = "Pikk 1", "Tallinn"
    page = form.submit(status=303).follow(status=200)
    assert page.request.path == "/billing/checkout/review/"
    form = page.forms["review"]
    form["terms"] = True
    assert "Order 1" in form.submit(status=303).follow(status=200).text


def test_the_link_in_the_mail_finds_the_cart_on_another_device_but_asks_first(shop, browser, new_browser):
    put_in_cart(browser)
    sign_up(browser)
    phone = new_browser()
    page = confirm(shop, phone)
    assert "Your cart is waiting" in page.text
    assert "Your cart is empty" in phone.get("/cart/").text
    form = next(form for form in page.forms.values() if "/resume/" in form.action)
    form.submit(status=303)
    assert "Web Pro" in phone.get("/cart/").text


def test_signing_up_answers_the_same_for_a_known_address(as_client, browser):
    as_client("ann@client.example")
    put_in_cart(browser)
    assert "Check your mail" in sign_up(browser, "ann@client.example").text
    assert "Web Pro" in browser.get("/cart/").text


def test_a_weak_password_is_refused_and_nothing_typed_is_lost(browser):
    put_in_cart(browser)
    form = browser.get("/billing/checkout/account/").forms["sign-up"]
    form["name"], form["email"], form["password"], form["country"] = (
        "Eve",
        "eve@client.example",
        "12345678",
        "EE",
    )
    form["terms"] = True
    page = form.submit(status=422)
    assert page.forms["sign-up"]["email"].value == "eve@client.example"
    assert page.forms["sign-up"]["password"].value == ""
    assert page.html.find(id="errors")
    assert "Order summary" in page.text


def test_billing_details_in_error_keep_what_was_typed(as_client):
    ann = as_client(line1="", city="")
    put_in_cart(ann)
    form = ann.get("/billing/checkout/").follow().forms["billing"]
    form["line1"], form["city"], form["company"] = "", "Tartu", "Ann & Co"
    page = form.submit(status=422)
    assert page.forms["billing"]["company"].value == "Ann & Co"
    assert "Enter the street and house number" in page.html.find(id="errors").text
    assert page.html.title.text.startswith("Error: ")


def test_the_review_shows_renewal_total_and_who_is_billed(as_client):
    ann = as_client()
    put_in_cart(ann, "vps-m", cycle="1 year", label="atlas-01")
    page = ann.get("/billing/checkout/").follow()
    for words in ("atlas-01", "€120.00", "2 Mar 2027", "Pikk 1", "Estonia"):
        assert words in page.text


def test_terms_must_be_accepted(shop, as_client):
    ann = as_client()
    put_in_cart(ann)
    page = review(ann).submit(status=422)
    assert "Please accept the terms" in page.html.find(id="errors").text
    assert count(shop, Order) == 0


def test_sending_an_order_twice_gives_the_same_order(shop, as_client):
    ann = as_client()
    put_in_cart(ann)
    form = review(ann)
    form["terms"] = True
    first, second = form.submit(status=303), form.submit(status=303)
    assert first.location == second.location
    assert (count(shop, Order), count(shop, Invoice), count(shop, Service)) == (1, 1, 1)


def test_an_order_sent_from_a_day_old_page_is_looked_at_again(shop, as_client):
    ann = as_client()
    put_in_cart(ann)
    form = review(ann)
    form["terms"] = True
    shop.work.clock.advance(timedelta(hours=25))
    with shop.work.write() as uow:  # the login has ended meanwhile: log in again with the same browser
        user = uow.session.scalars(select(LoginSession.user_id)).first()
        ann.set_cookie("ez_session", accounts.open_session(uow, user, ip="192.0.2.7", agent="test"))
    fresh = ann.get("/billing/checkout/review/").forms["review"]
    fresh["form_key"].force_value(form["form_key"].value)
    fresh["terms"] = True
    page = fresh.submit(status=409)
    assert "more than a day" in page.text
    assert count(shop, Order) == 0
    again = page.forms["review"]
    again["terms"] = True
    again.submit(status=303)


def test_a_price_that_changed_is_shown_before_anything_is_ordered(shop, as_client):
    ann = as_client()
    put_in_cart(ann)
    form = review(ann)
    form["terms"] = True
    reprice(shop, "web-pro", 900)
    page = form.submit(status=409)
    assert "€9.00" in page.html.select_one("aside .grand").text
    assert count(shop, Order) == 0


def test_an_order_of_nothing_is_paid_without_asking_a_gateway(shop, as_client):
    reprice(shop, "web-pro", 0)
    ann = as_client()
    number = order(ann)
    with shop.work.read() as uow:
        assert uow.session.scalars(select(Invoice)).one().status == InvoiceStatus.PAID
    assert count(shop, Transaction) == 0
    assert "Pay the invoice" not in ann.get(f"/orders/{number}/").text


def test_the_cart_is_empty_after_ordering(as_client):
    ann = as_client()
    order(ann)
    assert "Your cart is empty" in ann.get("/cart/").text


def test_somebody_elses_review_page_is_not_found(shop, as_client):
    ann, bob = as_client(), as_client("bob@client.example", "Bob")
    put_in_cart(ann)
    put_in_cart(bob)
    form = review(bob)
    form["form_key"].force_value(review(ann)["form_key"].value)
    form["terms"] = True
    form.submit(status=404)
    assert count(shop, Order) == 0


def test_another_users_cart_cookie_is_worth_nothing(as_client):
    ann, bob = as_client(), as_client("bob@client.example", "Bob")
    put_in_cart(ann)
    bob.set_cookie("ez_cart", ann.cookies["ez_cart"])
    assert "Your cart is empty" in bob.get("/cart/").text
    bob.get("/billing/checkout/review/", status=303)


def test_an_unconfirmed_address_is_told_so(shop, as_client):
    ann = as_client()
    with shop.work.write() as uow:
        uow.session.scalars(select(User)).one().verified_at = None
    put_in_cart(ann)
    page = ann.get("/billing/checkout/").follow(status=200)
    assert "Confirm your address first" in page.text


def test_staff_cannot_order_as_themselves(as_staff):
    kadri = as_staff()
    put_in_cart(kadri)
    assert "This login cannot order" in kadri.get("/billing/checkout/").follow(status=200).text
