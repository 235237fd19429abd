"""Visitors write without an account, and read and answer by the link of their mail; nobody else does."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from ezcore.messaging import queries as mails
from ezcore.messaging.models import Mail
from ezcore.support.tickets.models import Ticket
from ezcore.worker import drain
from tests.functional.support.test_ticket_pages import _form

ZOE = "zoe@elsewhere.example"


def write(browser, **fields):
    form = _form(browser.get("/contact/"), "/contact/")
    values = {
        "name": "Zoe",
        "email": ZOE,
        "subject": "Do you host Perl?",
        "message": "I have an old program.",
    }
    for name, value in (values | fields).items():
        form[name] = value
    return form.submit(expect_errors=True)


def mailed(shop, address):
    drain(shop)
    with shop.work.read() as uow:
        found = uow.session.scalars(select(Mail).where(Mail.recipient == address).order_by(Mail.id))
        return [(one.template, one.subject, mails.body_of(uow, one)) for one in found]


def link_in(text):
    return re.search(r"http://shop\.example(/contact/\S+/)", text).group(1)


def reference_of(shop):
    with shop.work.read() as uow:
        return uow.session.scalars(select(Ticket.reference)).one()


def test_a_visitor_asks_staff_answer_and_the_visitor_writes_back_by_the_link(shop, browser, as_staff):
    assert "/contact/" in browser.get("/").text
    assert write(browser).status_int == 303
    template, subject, text = mailed(shop, ZOE)[0]
    assert template == "ticket_guest"
    # Whoever typed a foreign address has not chosen what its owner reads.
    assert "Perl" not in subject + text
    assert "Zoe" not in text
    path, reference = link_in(text), reference_of(shop)
    kadri = as_staff()
    queue = kadri.get("/admin/tickets/")
    assert ZOE in queue.text
    desk = kadri.get(f"/admin/tickets/{reference}/")
    assert "Guest: Zoe" in desk.text
    reply = _form(desk, "/reply/")
    reply["message"] = "We do."
    reply.submit(status=303)
    assert link_in(mailed(shop, ZOE)[1][2]) == path
    page = browser.get(path)
    assert "We do." in page.text
    back = _form(page, "/reply/")
    back["message"] = "Splendid!"
    back.submit(status=303)
    assert "Splendid!" in kadri.get(f"/admin/tickets/{reference}/").text
    _form(browser.get(path), "/close/").submit(status=303)
    assert "closed" in browser.get(path).text


def test_a_wrong_link_and_one_of_another_ticket_are_404(shop, browser):
    write(browser)
    path = link_in(mailed(shop, ZOE)[0][2])
    reference, _, mark = path.strip("/").removeprefix("contact/").rpartition(".")
    for wrong in (
        "x",
        reference,
        f"{reference}.{mark[::-1]}",
        f"T-2026-000000.{mark}",
        f"{reference}.%C3%A4",
    ):
        assert browser.get(f"/contact/{wrong}/", expect_errors=True).status_int == 404, wrong
    with shop.work.write() as uow:
        uow.session.scalars(select(Ticket)).one().guest_email = None
    assert browser.get(path, expect_errors=True).status_int == 404


def test_the_link_ends_when_the_ticket_is_given_to_a_client(shop, browser, as_client, as_staff):
    write(browser)
    path, kadri = link_in(mailed(shop, ZOE)[0][2]), as_staff()
    as_client()
    give = _form(kadri.get(f"/admin/tickets/{reference_of(shop)}/"), "/give/")
    give["client"] = "ann@client.example"
    give.submit(status=303)
    assert browser.get(path, expect_errors=True).status_int == 404


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", " "), ("email", "zoe"), ("subject", ""), ("message", ""), ("department", "billing")],
)
def test_a_wrong_field_is_named_and_nothing_typed_is_lost(shop, browser, field, value):
    form = _form(browser.get("/contact/"), "/contact/")
    for name, typed in {"name": "Zoe", "email": ZOE, "subject": "Perl", "message": "Old program"}.items():
        form[name] = typed
    if field == "department":
        form[field].force_value(value)  # one that takes no guests
    else:
        form[field] = value
    held = form.submit(expect_errors=True)
    assert held.status_int == 422
    assert f'href="#{field}"' in held.text
    assert "Old program" in held.text or field == "message"
    assert mailed(shop, ZOE) == []


def test_a_machine_that_fills_in_the_hidden_field_is_thanked_and_nothing_is_kept(shop, browser):
    assert write(browser, website="http://spam.example").status_int == 303
    assert "Thank you" in browser.get("/contact/").text
    assert mailed(shop, ZOE) == []


def test_one_address_is_written_to_a_few_times_a_day_only(shop, browser):
    answers = [write(browser).status_int for _ in range(6)]
    assert answers == [303] * 5 + [422]
    assert len(mailed(shop, ZOE)) == 5
