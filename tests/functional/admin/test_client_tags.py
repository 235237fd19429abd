"""Tags of clients in the admin area, and many clients at once."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from ezcore.accounts import operations as accounts
from ezcore.accounts.models import Client
from ezcore.accounts.tags import queries
from tests.functional.admin.conftest import form_to, words_of

PATH = "/admin/bulk/clients/"
LIST = "/admin/clients/"


@pytest.fixture
def three(shop):
    """The numbers of three clients."""
    with shop.work.write() as uow:
        for name in ("Ann", "Ben", "Cid"):
            accounts.create_verified(uow, f"{name}@crowd.example", name, country="FI")
        return list(uow.session.scalars(select(Client.id).order_by(Client.id)))


def tag(browser, number, word, status=303):
    form = form_to(browser.get(f"{LIST}{number}/"), f"{LIST}{number}/tags/")
    form["tag"] = word
    return form.submit(status=status)


def decide(browser, numbers, do, reason="they asked"):
    form = form_to(browser.get(LIST), PATH)
    for box in form.fields["id"]:
        box.checked = int(box._value) in numbers
    form["do"] = do
    page = form.submit()
    if page.status_code == 303:
        return page.follow()
    asked = form_to(page, PATH)
    asked["reason"] = reason
    return asked.submit().maybe_follow()


def statuses(shop):
    with shop.work.read() as uow:
        return list(uow.session.scalars(select(Client.status).order_by(Client.id)))


def test_a_tag_is_put_on_found_by_and_taken_off(staff, three, office):
    page = tag(staff, three[0], " Good <payer>").follow()
    assert "The tag is on" in words_of(page)
    assert page.html.select_one(".chip").get_text() == "good <payer>"
    found = words_of(staff.get(LIST, {"tag": "Good <payer>"}))
    assert "Ann" in found
    assert "Ben" not in found
    assert "good <payer>" in staff.get(f"{LIST}clients.csv?tag=good+%3Cpayer%3E").text
    off = next(f for f in page.forms.values() if f.action.endswith("/tags/") and "remove" in f.fields)
    assert "The tag is off" in words_of(off.submit("remove", status=303).follow())
    assert [row.verb for row in office.trail("client.tag") + office.trail("client.untag")] == [
        "client.tag", "client.untag",
    ]  # fmt: skip


def test_what_is_no_tag_is_said_at_its_field_and_stays_typed(staff, three):
    page = tag(staff, three[0], "vip, agency", status=422)
    assert "One tag at a time" in page.html.select_one("#tag-error").get_text()
    assert page.html.select_one("#tag")["value"] == "vip, agency"


def test_many_clients_are_tagged_at_once(shop, staff, three):
    tag(staff, three[0], "agency")
    assert "Put the tag on: agency: 2 done, 1 was so already" in words_of(decide(staff, three, "tag:agency"))
    with shop.work.read() as uow:
        assert queries.tags_of(uow, three) == {number: ["agency"] for number in three}
    assert "Take the tag off: agency: 2 done" in words_of(decide(staff, three[1:], "untag:agency"))


def test_many_accounts_are_closed_with_a_reason_and_reopened(shop, staff, three, office):
    assert "Close accounts: 2 done" in words_of(decide(staff, three[:2], "close"))
    assert statuses(shop) == ["closed", "closed", "active"]
    assert {row.reason for row in office.trail("client.close")} == {"they asked"}
    assert "2 done, 1 was so already" in words_of(decide(staff, three, "reopen"))
    assert statuses(shop) == ["active"] * 3
