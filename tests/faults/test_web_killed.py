"""kill -9 of `ez serve` around a commit: what was committed is found by the sweep, the rest can be repeated."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
import requests
from bs4 import BeautifulSoup
from ez_stripe.sandbox import clicks
from sqlalchemy import func, select

from ezcore.accounts import operations as accounts
from ezcore.accounts.models import User
from ezcore.billing.invoices.models import Invoice
from ezcore.billing.transactions.models import Transaction
from ezcore.jobs.inbox.models import WebhookEvent
from ezcore.messaging.models import Mail
from ezcore.orders.carts import operations as carts
from ezcore.orders.orders.models import Order
from tests.faults.ez_process import PATIENCE, free_port, start_ez, until
from tests.faults.scenes import Embedded, Scene, on_stage, prepare
from tests.faults.stories import FIRST, Ending, Story

pytestmark = pytest.mark.slow

NOTHING = Ending("pending", (), 0, 0, ())
PAID = Ending("active", ("running",), 1, 1, FIRST)


def with_a_cart(town):
    with town.shop.work.write() as uow:
        where = {"line1": "Pikk 1", "city": "Tallinn", "postcode": "10123", "country": "EE"}
        mira = accounts.create_verified(uow, "mira@example.test", "Mira Okafor", **where)
        cart, _ = carts.open_cart(uow, mira.user_id)
        carts.add_line(
            uow, cart, "vps-s", "1 month", {}, {"hostname": "shop.example.test"}, "shop.example.test"
        )


def with_an_order(town):
    town.order(town.newcomer())


def paid_but_nobody_told_us(town):
    mira = town.newcomer()
    clicks.pay(town.go_to_checkout(mira, town.order(mira)))


@dataclass
class Web:
    """A browser that is logged in, at a web process that may die."""

    scene: Scene
    address: str
    token: str

    def get(self, path: str) -> requests.Response:
        return self._send("GET", path)

    def submit(self, page: requests.Response, form: Any, **fields: str) -> requests.Response:
        """Send a form of a page with what it carries."""
        found = BeautifulSoup(page.text, "html.parser").select_one(form)
        hidden = {tag["name"]: tag.get("value", "") for tag in found.select("input[type=hidden]")}
        return self._send("POST", found.get("action") or page.url, hidden | fields)

    def deliver(self, letter: Any) -> int:
        """Bring a webhook."""
        headers = {k: v for k, v in letter.headers.items() if k.lower() not in ("content-length", "host")}
        door = f"{self.address}/webhooks/stripe/"
        return requests.post(
            door, letter.body, headers=headers | {"Host": "localhost"}, timeout=20
        ).status_code

    def _send(self, method: str, path: str, fields: dict[str, str] | None = None) -> requests.Response:
        where = path.replace("http://localhost", "")
        return requests.request(
            method, f"{self.address}{where}", data=fields, timeout=20, allow_redirects=False,
            headers={"Host": "localhost"}, cookies={"ez_session": self.token},
        )  # fmt: skip


@contextmanager
def serving(scene, crash=None):
    """`ez serve` for the client of the scene. With `crash` it must be dead in the end."""
    port = free_port()
    environ = {"EZ_CRASH": crash} if crash else {}
    process = start_ez(["serve", "-c", str(scene.ini), "--port", str(port)], scene.log, **environ)
    address = f"http://127.0.0.1:{port}"
    with scene.shop.work.write() as uow:
        user = uow.session.scalars(select(User)).one()
        token = accounts.open_session(uow, user.id, ip="127.0.0.1", agent="test")
    try:
        until(lambda: _listens(address), "ez serve")
        yield Web(scene, address, token)
        if crash:
            process.join(PATIENCE)
            assert process.exitcode == -signal.SIGKILL, f"it never passed {crash}"
    finally:
        process.kill()
        process.join()


def _listens(address):
    try:
        return (
            requests.get(f"{address}/robots.txt", headers={"Host": "localhost"}, timeout=5).status_code < 500
        )
    except requests.ConnectionError:
        return False


@contextmanager
def worker(scene):
    process = start_ez(["worker", "-c", str(scene.ini), "--no-scheduler"], scene.log)
    try:
        yield
    finally:
        process.kill()
        process.join()


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """Prepares each story once."""
    kept = {}

    def once(function):
        if function not in kept:
            folder = tmp_path_factory.mktemp(function.__name__) / "prepared"
            kept[function] = prepare(Embedded(), Story(0, function, (), NOTHING), folder)
        return kept[function]

    return once


@pytest.fixture
def stage(prepared, tmp_path):
    return lambda function: on_stage(Embedded(), prepared(function), tmp_path / "scene")


def count(scene, model):
    with scene.shop.work.read() as uow:
        return uow.session.scalar(select(func.count()).select_from(model))


def order(web):
    """Press the button of the review page; None where there is nothing left to order."""
    page = web.get("/billing/checkout/review/")
    return web.submit(page, "form#review", terms="yes") if page.status_code == 200 else None


def until_it_dies(click, times=4):
    """Go on clicking until there is no answer."""
    for _ in range(times):
        try:
            click()
        except requests.ConnectionError:
            return
    pytest.fail("the web process lives on")


def test_killed_while_an_order_is_placed_there_is_one_order_and_its_mail_goes_out(stage):
    placed = False
    commit = 0
    while not placed:  # the visit, the throttle, ...; the last of these commits is the order's
        commit += 1
        assert commit < 6, "no death is between the commit of the order and the bell"
        placed = _die_while_ordering(stage, commit)


def _die_while_ordering(stage, commit):
    with stage(with_a_cart) as scene:
        with serving(scene, f"work.committed:{commit}") as web:
            until_it_dies(lambda: order(web))
        placed = count(scene, Order)
        with worker(scene):
            if placed:
                # Committed before it died, and nobody rang: the sweep hands the news on.
                until(lambda: count(scene, Mail) == 1, "the mail about the invoice")
            with serving(scene) as web:
                answer = order(web)
                assert answer is None if placed else answer.status_code == 303
            until(scene.is_over, "no open job")
        assert count(scene, Order) == 1
        assert scene.wrong(Ending("pending", (), 0, 0, ("invoice_issued",))) == []
        return bool(placed)


@pytest.mark.parametrize("point", ["inbox.stored", "work.committed:2"])
def test_killed_while_a_webhook_arrives_the_payment_counts_once(stage, point):
    """Before the commit the vendor sends it again; after the commit that changes nothing."""
    with stage(paid_but_nobody_told_us) as scene:
        letters = _letters(scene)
        with serving(scene, point) as web:
            until_it_dies(lambda: [web.deliver(letter) for letter in letters])
        assert count(scene, WebhookEvent) < len(letters)
        with worker(scene):
            with serving(scene) as web:
                assert {web.deliver(letter) for letter in letters} == {200}
            until(scene.is_over, "no open job")
        assert count(scene, WebhookEvent) == len(letters)
        assert scene.wrong(PAID) == []


def test_killed_after_the_webhook_was_stored_the_sweep_alone_finishes_the_work(stage):
    with stage(paid_but_nobody_told_us) as scene:
        [paying] = [letter for letter in _letters(scene) if b'"checkout.session.completed"' in letter.body]
        with worker(scene):
            with serving(scene, "work.committed:1") as web:
                until_it_dies(lambda: web.deliver(paying))
            assert count(scene, WebhookEvent) == 1
            until(scene.is_over, "no open job")
        assert scene.wrong(PAID) == []


@pytest.mark.parametrize("point", ["pay.opened", "pay.asked"])
def test_killed_while_the_client_goes_to_pay_a_second_try_pays_once(stage, point):
    with stage(with_an_order) as scene:
        with scene.shop.work.read() as uow:
            number = uow.session.scalars(select(Invoice.number)).one()
        with serving(scene, point) as web:
            until_it_dies(lambda: _go_to_pay(web, number))
        with worker(scene), serving(scene) as web:
            assert _go_to_pay(web, number).status_code == 303
            clicks.pay(_checkout(scene))
            assert {web.deliver(letter) for letter in _letters(scene)} == {200}
            until(scene.is_over, "no open job")
        assert scene.wrong(PAID) == []


def _go_to_pay(web, number):
    page = web.get(f"/billing/invoices/{number}/")
    return web.submit(page, 'form:has(input[value="stripe"])')


def _checkout(scene):
    with scene.shop.work.read() as uow:
        known = select(Transaction.checkout_url).where(Transaction.checkout_url.is_not(None))
        return uow.session.scalars(known).one()


def _letters(scene):
    webhooks = scene.stripe.account.webhooks
    return [webhooks._post(delivery) for delivery in webhooks.deliveries()]
