"""The client and staff see a bundle stage by stage, and are told when it is parked."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from sqlalchemy import select

from ezcore.accounts.models import User
from ezcore.accounts.queries import actor_for
from ezcore.billing.invoices.models import Invoice
from ezcore.billing.transactions import operations as transactions
from ezcore.plugin_api.errors import PermanentFailure
from ezcore.worker import drain
from tests.fixtures_bundles import sell_bundles
from tests.fixtures_domains import NameTrade, sell_names


@pytest.fixture
def bundles(shop):
    trade = SimpleNamespace(shop=shop, work=shop.work, clock=shop.work.clock)
    return sell_bundles(NameTrade(trade, *sell_names(shop)))


def buy(shop, bundles, email="ann@client.example"):
    with shop.work.read() as uow:
        actor = actor_for(uow, uow.session.scalars(select(User).where(User.email == email)).one())
    order = bundles.order(actor)
    with shop.work.write() as uow:
        invoice = uow.session.scalars(select(Invoice).order_by(Invoice.id.desc())).first()
        transactions.record_manual(uow, invoice, "banktransfer", invoice.balance_due, f"b{invoice.id}")
    return order


def steps(page):
    card = page.html.find(id="stages").find_parent("section")
    return [
        (" ".join(one["class"]), one.find_all("span")[1].get_text().split(",")[0])
        for one in card.select("li")
    ]


def test_the_order_page_shows_every_stage_as_it_happens(shop, bundles, as_client, as_staff):
    ann = as_client()
    order = buy(shop, bundles)
    shown = steps(ann.get(f"/orders/{order}/"))
    assert [state for state, _ in shown] == ["now", "todo", "todo", "todo", "todo", "todo"]
    assert [words.split()[0] for _, words in shown] == ["Register", "Make", "Point", "Set", "Write", "Issue"]
    drain(shop)
    page = ann.get(f"/orders/{order}/")
    assert {state for state, _ in steps(page)} == {"done"}
    assert "Everything is ready" in page.text
    assert "Stages" in as_staff().get(f"/admin/orders/{order}/").text


def test_a_parked_order_says_so_to_both_without_the_cause_for_the_client(shop, bundles, as_client, as_staff):
    ann, kadri = as_client(), as_staff()
    bundles.panel.says["create"] = PermanentFailure("node-seven is full")
    order = buy(shop, bundles)
    drain(shop)
    page = ann.get(f"/orders/{order}/")
    assert "One step did not go well" in page.text
    assert "node-seven" not in page.text
    assert [state for state, _ in steps(page)] == ["done", "undone", "undone", "failed", "todo", "todo"]
    ticket = page.html.find("a", href=lambda href: href and href.startswith("/tickets/T-"))
    assert "is registered and stays yours" in ann.get(ticket["href"]).text
    desk = kadri.get(f"/admin/orders/{order}/")
    assert "Parked" in desk.text
    assert "node-seven" in desk.text
    ben = as_client("ben@client.example", "Ben")
    assert ben.get(f"/orders/{order}/", expect_errors=True).status_int == 404
    assert ben.get(ticket["href"], expect_errors=True).status_int == 404
