"""The pages of staff ask PostgreSQL the same questions as SQLite: shops grow."""

from __future__ import annotations

import pytest
from webtest import TestApp

from ezcore.accounts import operations as accounts
from ezcore.app import build, make_app
from ezcore.kernel.clock import MovingClock
from ezcore.settings import load
from ezcore.simulation.catalog_seed import seed_catalog
from tests.fixtures_shop import MORNING, PASSWORD, order
from tests.functional.admin.conftest import Office, form_to
from tests.functional.admin.test_pages import PAGES

pytestmark = pytest.mark.postgresql


@pytest.fixture
def big_shop(shop, postgresql_server, postgresql_template):
    """The same shop on PostgreSQL."""
    url = postgresql_server.create(postgresql_template)
    ini = {**shop.settings.ini, "ez.database.url": url}
    made = build(load(ini, {}), clock=MovingClock(MORNING), bell=lambda: None, virtual_time=True)
    with made.work.write() as uow:
        seed_catalog(uow, vps_module=None)
    yield made
    made.engine.dispose()
    postgresql_server.drop(url)


def enter(shop, wsgi, user_id):
    with shop.work.write() as uow:
        token = accounts.open_session(uow, user_id, ip="192.0.2.7", agent="test")
    browser = TestApp(wsgi, extra_environ={"HTTP_HOST": "shop.example", "REMOTE_ADDR": "192.0.2.7"})
    browser.set_cookie("ez_session", token)
    return browser


def test_staff_read_pay_and_retry_on_postgresql(big_shop):
    wsgi, office = make_app(big_shop), Office(big_shop)
    with big_shop.work.write() as uow:
        client = accounts.create_verified(
            uow, "ann@client.example", "Ann", line1="Pikk 1", city="Tallinn", postcode="10123"
        ).user.id
        owner = accounts.make_staff(uow, "kadri@staff.example", "Kadri", PASSWORD, "owner").id
    order(enter(big_shop, wsgi, client))
    staff = enter(big_shop, wsgi, owner)
    pay = form_to(staff.get("/admin/invoices/2026-00001/"), "/receive/")
    pay["bank_reference"] = "EE2603020001"
    pay.submit(status=303)
    number = office.failing_job()
    assert {staff.get(path, expect_errors=True).status_int for path in PAGES} == {200}
    form_to(staff.get("/admin/jobs/"), "/admin/jobs/retry/").submit(status=303)
    assert office.job(number).failures == 0


def test_names_are_found_whatever_the_case_of_their_letters_on_postgresql(big_shop):
    wsgi = make_app(big_shop)
    with big_shop.work.write() as uow:
        accounts.create_verified(uow, "oun@client.example", "Õnne Õunapuu")
        owner = accounts.make_staff(uow, "kadri@staff.example", "Kadri", PASSWORD, "owner").id
    page = enter(big_shop, wsgi, owner).get("/admin/search/", {"q": "õUNAP"}, status=200)
    assert "oun@client.example" in page.text
