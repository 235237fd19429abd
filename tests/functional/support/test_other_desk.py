"""Staff see at a ticket where it stands in the other help desk; a desk that is broken takes no page away."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from ezcore.plugin_api.ports.helpdesk import Helpdesk
from ezcore.settings import load
from ezcore.worker import drain
from tests.fixtures_helpdesk import ToyDesk


@pytest.fixture
def desk(shop):
    toy = ToyDesk()
    shop.host.ports.add("ezcore", Helpdesk, toy)
    named = load(dict(shop.settings.ini) | {"ez.support.helpdesk": "toydesk"}, {})
    shop.work.settings = replace(named, sources=shop.settings.sources)
    return toy


def ask(browser):
    page = browser.get("/tickets/new/")
    [form] = [form for form in page.forms.values() if form.action.endswith("/tickets/new/")]
    form["subject"], form["message"] = "My site is slow", "Since noon."
    return re.search(r"T-\d{4}-\d{6}", form.submit().location).group(0)


def row_of(page):
    found = page.html.find("dt", string="Also at")
    return found and found.find_next("dd")


def test_the_page_leads_to_the_ticket_at_the_other_desk(shop, desk, as_client, as_staff):
    reference = ask(as_client())
    staff = as_staff()
    assert row_of(staff.get(f"/admin/tickets/{reference}/")).text == "Toy deskBeing told"
    drain(shop)
    link = row_of(staff.get(f"/admin/tickets/{reference}/")).find("a")
    assert (link.text, link["href"]) == ("Toy desk", "https://desk.example/z1")
    assert "Being told" not in staff.get(f"/admin/tickets/{reference}/")


def test_a_desk_that_is_broken_or_gone_is_named_and_the_page_stays(
    shop, desk, as_client, as_staff, monkeypatch
):
    reference = ask(as_client())
    drain(shop)
    staff = as_staff()

    def broken(_external_id):
        raise RuntimeError("no page today")

    monkeypatch.setattr(desk, "page", broken)
    assert row_of(staff.get(f"/admin/tickets/{reference}/")).text == "Toy desk"
    shop.host.ports.remove("ezcore")
    assert row_of(staff.get(f"/admin/tickets/{reference}/")).text == "toydesk"


def test_without_another_desk_nothing_is_said(shop, as_client, as_staff):
    reference = ask(as_client())
    assert row_of(as_staff().get(f"/admin/tickets/{reference}/")) is None
