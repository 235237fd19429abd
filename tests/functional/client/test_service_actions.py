"""A client restarts, takes snapshots, looks and logs in: on their own service, with words when something is wrong."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from ezcore.billing.invoices.models import Invoice
from ezcore.billing.transactions import operations as transactions
from ezcore.plugin_api.errors import OutcomeUnknown
from ezcore.services.services.models import Service
from ezcore.worker import drain
from tests.fixtures_panel import install
from tests.fixtures_shop import csrf_of, order

HERE = "/dashboard/services/1/"
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def panel(shop):
    return install(shop, "web-pro")


@pytest.fixture
def ann(shop, panel, as_client):
    """Ann, whose service is active."""
    browser = as_client()
    order(browser)
    with shop.work.write() as uow:
        invoice = uow.session.scalars(select(Invoice)).one()
        transactions.record_manual(uow, invoice, "banktransfer", invoice.total, "b1")
    drain(shop)
    return browser


def form_to(page, ending):
    return next(form for form in page.forms.values() if form.action.endswith(ending))


def test_an_action_is_confirmed_done_and_told(shop, panel, ann):
    page = ann.get(HERE).click("Restart")
    assert "It stops a moment." in page
    told = form_to(page, "/do/restart/").submit(status=303).follow()
    assert "Restart: we are on it" in told
    assert not told.html.select('a[href$="/do/restart/"]'), "no button while it runs"
    drain(shop)
    assert panel.count("restart") == 1
    assert "restart is done" in ann.get(HERE)


def test_a_wrong_input_is_told_at_its_field_and_nothing_is_queued(shop, panel, ann):
    form = form_to(ann.get(f"{HERE}do/snapshot/"), "/do/snapshot/")
    form["label"], form["phrase"] = "x", "open sesame 7"
    page = form.submit(status=422)
    assert page.html.select_one("#label-error")
    assert "open sesame 7" not in page
    drain(shop)
    assert panel.snapshots == []


def test_a_row_of_the_look_brings_its_inputs_along(shop, panel, ann):
    panel.snapshots.append("monday")
    form_to(ann.get(HERE), "/look/").submit(status=303)
    drain(shop)
    page = ann.get(HERE).click("Roll back")
    form_to(page, "/do/roll_back/").submit(status=303)
    drain(shop)
    assert ("rolled back to", "monday") in panel.calls


def test_what_a_vendor_says_is_inert(shop, panel, ann):
    panel.name_shown = HOSTILE
    panel.snapshots.append(HOSTILE)
    form_to(ann.get(HERE), "/look/").submit(status=303)
    drain(shop)
    page = ann.get(HERE)
    assert HOSTILE not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_a_look_that_fails_shows_the_last_one_and_a_sentence(shop, panel, ann):
    panel.broken = OutcomeUnknown("10.0.0.9 timed out")
    form_to(ann.get(HERE), "/look/").submit(status=303)
    drain(shop)
    page = ann.get(HERE)
    assert "The server did not answer." in page
    assert "What you see is the last answer." in page
    assert "10.0.0.9" not in page


def test_the_panel_is_entered_by_a_link_that_is_asked_for_once(shop, panel, ann):
    page = form_to(ann.get(HERE), "/login/").submit(status=200)
    assert page.html.select_one('a[href="https://panel.example/login?once=acc1"]')
    assert page.headers["Cache-Control"] == "no-store"
    panel.broken = OutcomeUnknown("timed out")
    assert "The panel did not answer" in form_to(ann.get(HERE), "/login/").submit(status=503)


def test_nobody_acts_on_the_service_of_somebody_else(shop, panel, ann, as_client):
    ben = as_client(email="ben@client.example", name="Ben")
    key = csrf_of(ben)
    assert ben.get(f"{HERE}do/restart/", status=404)
    for path in ("do/restart/", "look/", "login/"):
        ben.post(f"{HERE}{path}", {"csrf_token": key}, status=404)
    ann.get(f"{HERE}do/rebuild/", status=404)  # for staff only
    assert panel.count("restart") == 0
    with shop.work.read() as uow:
        assert uow.session.get_one(Service, 1).open_action is None


def test_staff_do_what_clients_cannot_and_see_the_same_look(shop, panel, ann, as_staff):
    staff = as_staff()
    page = staff.get("/admin/services/1/")
    assert "As its server shows it" in page
    form_to(page, "/do/rebuild/").submit(status=303)
    drain(shop)
    assert panel.count("rebuild") == 1


def test_another_server_is_noted_only_when_our_tag_is_there(shop, panel, ann, as_staff):
    from ezcore.plugin_api.ports.provisioning import ProvisioningModule
    from ezcore.services.servers import operations as servers

    with shop.work.write() as uow:
        module = shop.host.ports.get(ProvisioningModule, "panel")
        servers.add_server(uow, "panel-2", module, {"host": "two.example", "token": "t"})
    staff = as_staff()
    for there, expected in ((1, 1), (2, 2)):
        panel.accounts["acc1"].server = there
        form = form_to(staff.get("/admin/services/1/server/"), "/server/")
        form["reason"] = "the cluster was split"
        form.submit(status=303)
        drain(shop)
        with shop.work.read() as uow:
            row = uow.session.get_one(Service, 1)
            assert (row.server_id, row.open_action) == (expected, None)
