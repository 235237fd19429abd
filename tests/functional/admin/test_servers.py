"""Staff add servers, test them, group them, import what stands there, and read what differs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from ezcore.automation.drift.models import DriftFinding
from ezcore.plugin_api.errors import PermanentFailure
from ezcore.services.servers.models import ProductServerGroup, Server
from ezcore.services.services import queries
from ezcore.services.services.models import Service
from ezcore.worker import drain
from tests.fixtures_panel import Account, install
from tests.functional.admin.conftest import form_to

SECRET = "t0ken-of-the-panel"


@pytest.fixture
def panel(shop):
    return install(shop, "web-pro")


def server(shop, number=1):
    with shop.work.read() as uow:
        return uow.session.get_one(Server, number)


def test_a_server_is_added_with_its_secret_sealed_and_never_shown(shop, panel, staff):
    form = form_to(staff.get("/admin/servers/new/panel/"), "/new/panel/")
    form["name"], form["set-host"], form["set-token"], form["capacity"] = (
        "two",
        "two.example",
        "s3cret-8",
        "40",
    )
    page = form.submit(status=303).follow()
    assert "s3cret-8" not in page
    found = server(shop, 2)
    assert (found.name, found.capacity, found.settings) == ("two", 40, {"host": "two.example"})
    assert "s3cret-8" not in str(found.sealed)
    assert "0 of 40" in staff.get("/admin/servers/")


def test_what_is_wrong_is_told_at_its_field_and_what_was_typed_stays(shop, panel, staff):
    form = form_to(staff.get("/admin/servers/new/panel/"), "/new/panel/")
    form["name"], form["set-host"], form["set-token"] = "panel-1", "x", "s3cret-8"
    page = form.submit(status=422)
    assert page.html.select_one("#set-host-error")
    assert "s3cret-8" not in page
    form = form_to(page, "/new/panel/")
    assert form["set-host"].value == "x"
    form["set-host"], form["set-token"] = "x.example", "s3cret-8"
    assert form.submit(status=422).html.select_one("#name-error")


def test_a_secret_left_blank_stays_and_the_card_changes(shop, panel, staff):
    page = staff.get("/admin/servers/1/")
    assert SECRET not in page
    before = server(shop).sealed
    form = form_to(page, "/admin/servers/1/")
    form["set-host"], form["maintenance"], form["note"] = "new.example", True, "in rack 4"
    form.submit(status=303)
    found = server(shop)
    assert (found.settings["host"], found.maintenance, found.note) == ("new.example", True, "in rack 4")
    with shop.work.read() as uow:
        opened = uow.box.open("server:1:token", found.sealed["token"])
    assert opened == SECRET
    assert before.keys() == found.sealed.keys()


def test_a_connection_test_shows_its_answer_and_a_problem_as_text(shop, panel, staff):
    page = form_to(staff.get("/admin/servers/1/"), "/test/").submit(status=303).follow()
    assert "9.9" in page
    assert "old firmware" in page
    panel.broken = PermanentFailure("<script>no</script>")
    page = form_to(staff.get("/admin/servers/1/"), "/test/").submit(status=303).follow()
    assert "&lt;script&gt;no&lt;/script&gt;" in page
    assert "<script>no" not in page


def test_a_group_holds_servers_and_says_what_is_made_there(shop, panel, staff):
    form = form_to(staff.get("/admin/servers/"), "/groups/")
    form["name"] = "Tallinn"
    page = form.submit(status=303).follow()
    form = form_to(page, "/groups/1/")
    form["policy"] = "round_robin"
    form.set("products", True, index=0)
    form.submit(status=303)
    with shop.work.read() as uow:
        assert len(uow.session.scalars(select(ProductServerGroup)).all()) == 1
    form = form_to(staff.get("/admin/servers/1/"), "/admin/servers/1/")
    form["group"] = "1"
    form.submit(status=303)
    assert server(shop).group_id == 1


def test_accounts_are_imported_and_wrong_rows_are_named(shop, panel, staff, as_client):
    as_client()
    panel.accounts["a1"] = Account(None, "ann's site")
    panel.accounts["a2"] = Account(None, "nobody's site", state="suspended")
    page = form_to(staff.get("/admin/servers/1/import/"), "/listing/").submit(status=303).follow()
    form = form_to(page, "/import/")
    for at, email in ((0, "ann@client.example"), (1, "no@client.example")):
        form[f"chosen-{at}"], form[f"email-{at}"], form[f"due-{at}"] = True, email, "2026-04-15"
    page = form.submit(status=200)
    assert "no client with the address no@client.example" in page
    assert page.html.select_one('#errors a[href="#row-a2"]')
    drain(shop)
    with shop.work.read() as uow:
        [service] = uow.session.scalars(select(Service))
        assert (service.state, str(service.paid_until), service.anchor_day) == ("active", "2026-04-15", 15)
        assert queries.resource_of(uow, service.id).external_id == "a1"
        assert service.open_action is None
        key = queries.resource_of(uow, service.id).operation_key
    assert panel.accounts["a1"].tag == key, "our tag is written on what was imported"
    assert panel.count("create") == 0
    assert "ann's site" not in staff.get("/admin/servers/1/import/")


def test_the_drift_report_proposes_and_a_person_decides(shop, panel, staff, paid):
    shop.work.clock.advance(timedelta(hours=1))
    panel.accounts["acc1"].address = "192.0.2.77"
    panel.accounts["acc9"] = Account("create-svc_lost-1", "<b>lost</b>")
    form_to(staff.get("/admin/drift/"), "/compare/").submit(status=303)
    drain(shop)
    page = staff.get("/admin/drift/")
    assert "&lt;b&gt;lost&lt;/b&gt;" in page
    assert page.html.select_one('a[href="/admin/servers/1/import/"]')
    form_to(page, "/press/").submit(status=303)
    aside = form_to(staff.get("/admin/drift/"), "/aside/")
    aside["reason"] = ""
    aside.submit(status=422)
    aside["reason"] = "a test machine of ours"
    aside.submit(status=303)
    assert "0 open differences" in staff.get("/admin/drift/")
    with shop.work.read() as uow:
        assert queries.resource_of(uow, 1).address == "192.0.2.77"
        assert len(uow.session.scalars(select(DriftFinding)).all()) == 2
