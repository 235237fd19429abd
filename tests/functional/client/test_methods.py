"""A client's stored methods, and the pages that lead to the provider and back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from ezcore.billing.methods import operations as methods
from ezcore.billing.methods.models import PaymentMethod
from ezcore.plugin_api.ports.gateway import (
    CheckoutStarted,
    Gateway,
    GatewayCapability,
    StoredMethod,
)
from ezcore.worker import drain
from tests.fixtures_shop import csrf_of, order


class Cards(Gateway):
    """A gateway with pages of its own, and a notebook of what it was asked."""

    name = "cards"
    label = "Cards"
    capabilities = frozenset(
        {GatewayCapability.SETUP, GatewayCapability.PORTAL, GatewayCapability.DELETE_METHOD}
    )

    def __init__(self):
        self.asked = []

    def start_setup(self, request):
        self.asked.append(request)
        return CheckoutStarted(url="https://cards.example/setup", customer_id="cus_1")

    def portal_url(self, request):
        self.asked.append(request)
        return "https://cards.example/portal"

    def delete_method(self, method):
        self.asked.append(method)


@pytest.fixture
def cards(shop):
    gateway = Cards()
    shop.host.ports.add("cards", Gateway, gateway)
    return gateway


@pytest.fixture
def ann(as_client):
    return as_client()


@pytest.fixture
def two(shop, ann, cards):
    """Two cards of Ann's, the second stored a day later."""
    for number in (1, 2):
        with shop.work.write() as uow:
            card = StoredMethod(external_id=f"pm_{number}", customer_id="cus_1", label=f"Visa {number}")
            methods.remember_method(uow, 1, "cards", card)
        shop.work.clock.advance(timedelta(hours=1))


def labels(page):
    return [one.get_text() for one in page.html.select("main .list strong")]


def form(page, ending):
    return next(one for one in page.forms.values() if one.action.endswith(ending))


def test_adding_a_method_ends_on_a_plain_link_to_the_provider(ann, cards):
    page = form(ann.get("/billing/methods/"), "/methods/add/").submit(status=303).follow(status=200)
    link = page.html.find("a", href="https://cards.example/setup")
    assert "Continue to Cards" in link.get_text()
    (request,) = cards.asked
    assert request.return_url.startswith("http://shop.example/billing/methods/")


def test_another_clients_setup_is_not_shown(as_client, ann, cards):
    form(ann.get("/billing/methods/"), "/methods/add/").submit(status=303)
    as_client(email="ben@client.example", name="Ben").get("/billing/methods/add/1/", status=404)


def test_the_one_stored_last_is_charged_until_the_client_chooses(ann, two):
    page = ann.get("/billing/methods/")
    assert labels(page) == ["Visa 2", "Visa 1"]
    page = form(page, "/methods/1/choose/").submit(status=303).follow()
    assert labels(page) == ["Visa 1", "Visa 2"]


def test_a_removed_method_is_gone_here_at_once_and_there_by_a_job(shop, ann, two, cards):
    page = form(ann.get("/billing/methods/"), "/methods/2/remove/").submit(status=303).follow()
    assert labels(page) == ["Visa 1"]
    drain(shop)
    assert [one.external_id for one in cards.asked] == ["pm_2"]
    with shop.work.read() as uow:
        assert uow.session.scalars(
            select(PaymentMethod.external_id).where(PaymentMethod.removed_at.is_(None))
        ).all() == ["pm_1"]


@pytest.mark.parametrize("what", ["choose", "remove"])
def test_somebody_elses_method_is_not_there(as_client, ann, two, what):
    ben = as_client(email="ben@client.example", name="Ben")
    ben.post(f"/billing/methods/1/{what}/", {"csrf_token": csrf_of(ben)}, status=404)


def test_the_portal_is_asked_for_by_a_form_and_entered_by_a_link(ann, two, cards):
    page = form(ann.get("/billing/portal/", status=200), "/billing/portal/").submit(status=200)
    assert page.html.find("a", href="https://cards.example/portal")
    assert cards.asked[-1].client.customer_id == "cus_1"


def test_a_client_whom_the_provider_does_not_know_is_told_so(ann, cards):
    page = form(ann.get("/billing/portal/"), "/billing/portal/").submit(status=422)
    assert "does not know you yet" in page.text


def test_a_gateway_that_is_not_offered_is_refused(ann, cards):
    token = csrf_of(ann)
    for path in ("/billing/methods/add/", "/billing/portal/"):
        ann.post(path, {"csrf_token": token, "gateway": "../x"}, status=422)


class Biller(Cards):
    """A gateway that bills by itself."""

    name = "biller"
    label = "Biller"
    capabilities = frozenset({GatewayCapability.SUBSCRIBE})

    def start_subscription(self, request):
        self.asked.append(request)
        return CheckoutStarted(url="https://cards.example/agree")


@pytest.fixture
def biller(shop):
    """A shop where it may."""
    gateway = Biller()
    shop.host.ports.add("biller", Gateway, gateway)
    billing = shop.work.settings.billing.model_copy(update={"gateway_bills": "biller"})
    shop.work.settings = replace(shop.work.settings, billing=billing)
    return gateway


def test_a_client_lets_the_provider_bill_from_the_first_invoice_on(biller, as_client):
    ann = as_client()
    order(ann)
    page = ann.get("/billing/invoices/2026-00001/").click("Let Biller bill you each time")
    assert "every 1 month" in page.text
    away = form(page, "/subscribe/").submit(status=303).follow(status=200)
    assert away.html.find("a", href="https://cards.example/agree")
    (request,) = biller.asked
    assert [(item.amount.minor, item.cycle) for item in request.items] == [(700, "1 month")]
    again = form(page, "/subscribe/").submit(status=303)
    assert again.location.endswith("/billing/subscriptions/1/")
    assert len(biller.asked) == 1


def test_it_is_not_offered_where_the_shop_does_not_want_it(shop, biller, as_client):
    billing = shop.work.settings.billing.model_copy(update={"gateway_bills": ""})
    shop.work.settings = replace(shop.work.settings, billing=billing)
    ann = as_client()
    order(ann)
    assert "bill you each time" not in ann.get("/billing/invoices/2026-00001/").text
    page = ann.get("/billing/invoices/2026-00001/subscribe/", status=200)
    assert "Please pay it as usual" in page.text
    token = csrf_of(ann)
    data = {"csrf_token": token, "gateway": "biller"}
    ann.post("/billing/invoices/2026-00001/subscribe/", data, status=422)
    assert biller.asked == []


def test_somebody_elses_invoice_cannot_be_subscribed(biller, as_client):
    order(as_client())
    ben = as_client(email="ben@client.example", name="Ben")
    data = {"csrf_token": csrf_of(ben), "gateway": "biller"}
    ben.get("/billing/invoices/2026-00001/subscribe/", status=404)
    ben.post("/billing/invoices/2026-00001/subscribe/", data, status=404)
