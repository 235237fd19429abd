"""Staff see what came in by mail, with its headers, act on what was refused, and connect mailboxes."""

from __future__ import annotations

import pytest

from ezcore.support.mail import receiving
from ezcore.support.tickets import queries
from tests.functional.support.test_ticket_pages import _form
from tests.unit.support.mail.letters import letter

MB = 1024 * 1024
LIST = "/admin/support/mail/"


@pytest.fixture
def come(shop):
    """A mail comes in; gives the number of its row."""

    def receive(raw, size=None, slug="help"):
        with shop.work.write() as uow:
            department = queries.department(uow, slug)
            return receiving.receive(uow, department, receiving.read(raw, "pipe", size=size))[0].id

    return receive


def test_a_refused_mail_is_read_with_its_headers_and_becomes_a_ticket(come, as_staff):
    kadri = as_staff(role="support")
    assert "No mail yet" in kadri.get(LIST).text
    number = come(letter("Zoe <zoe@elsewhere.example>", "<b>Help</b>", X_Odd="<script>alert(1)</script>"))
    listed = kadri.get(LIST)
    assert "Nobody knows the sender" in listed.text
    assert "&lt;b&gt;Help" in listed.text
    page = kadri.get(f"{LIST}{number}/")
    assert "X-Odd: &lt;script&gt;" in page.text
    saved = kadri.get(f"{LIST}{number}/download/")
    assert saved.headers["Content-Disposition"].startswith("attachment")
    assert saved.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in saved.headers["Content-Security-Policy"]
    assert b"X-Odd: <script>" in saved.body
    ticket = _form(page, "/open/").submit(status=303).follow()
    assert "By mail, sender not proven" in ticket.text
    assert "Guest: Zoe" in ticket.text
    after = kadri.get(f"{LIST}{number}/")
    assert "Open a ticket from it" not in after.text
    assert kadri.get(f"{LIST}?outcome=opened").text.count(f'href="{LIST}{number}/"') == 1


def test_a_refused_mail_goes_into_a_ticket_or_its_sender_is_blocked(come, as_staff):
    kadri = as_staff()
    first = _form(kadri.get(f"{LIST}{come(letter('zoe@elsewhere.example'))}/"), "/open/").submit(status=303)
    reference = first.location.rstrip("/").rpartition("/")[2]
    page = kadri.get(f"{LIST}{come(letter('zoe@elsewhere.example', text='More.'))}/")
    put = _form(page, "/put/")
    put["reference"] = "T-2026-000000"
    wrong = put.submit(expect_errors=True)
    assert wrong.status_int == 422
    assert 'href="#reference"' in wrong.text
    put = _form(wrong, "/put/")
    put["reference"] = reference
    assert "More." in put.submit(status=303).follow().text
    page = kadri.get(f"{LIST}{come(letter('zoe@elsewhere.example', text='Even more.'))}/")
    assert "zoe@elsewhere.example is blocked" in _form(page, "/block/").submit(status=303).follow().text
    again = _form(kadri.get(page.request.path), "/block/").submit(expect_errors=True)
    assert again.status_int == 422
    last = come(letter("zoe@elsewhere.example", text="And more."))
    assert "A rule blocks it" in kadri.get(f"{LIST}{last}/").text


def test_a_mail_that_was_too_large_can_only_be_blocked(come, as_staff):
    kadri = as_staff()
    page = kadri.get(f"{LIST}{come(letter(), size=50 * MB)}/")
    assert "we take 25 MB" in page.text
    assert "Open a ticket from it" not in page.text
    assert kadri.get(f"{page.request.path}download/", expect_errors=True).status_int == 404
    assert kadri.get(f"{LIST}999/", expect_errors=True).status_int == 404


def test_block_rules_are_written_and_removed(as_staff):
    kadri = as_staff(role="support")
    path = "/admin/support/mail-rules/"
    page = kadri.get(path)
    assert "Nothing is blocked" in page.text
    form = _form(page, path)
    form["kind"], form["value"] = "domain", "not a domain"
    wrong = form.submit(expect_errors=True)
    assert wrong.status_int == 422
    assert "not a domain" in wrong.text
    form = _form(wrong, path)
    form["value"] = "spam.example"
    page = form.submit(status=303).follow()
    assert "spam.example" in page.text
    _form(page, "/remove/").submit(status=303)
    assert "Nothing is blocked" in kadri.get(path).text


def test_a_department_is_connected_to_its_mailbox_and_the_password_is_never_shown(shop, as_staff):
    kadri, helper = as_staff(), as_staff("jonas@staff.example", role="support")
    path = "/admin/support/departments/1/mailbox/"
    assert path in kadri.get("/admin/support/departments/1/").text
    assert helper.get(path, expect_errors=True).status_int == 403
    form = _form(kadri.get(path), path)
    form["host"], form["user"], form["password"] = "imap.example.com", "help", "heron lake 77"
    form["security"] = "none"
    wrong = form.submit(expect_errors=True)
    assert wrong.status_int == 422
    assert "heron lake" not in wrong.text
    form = _form(wrong, path)
    form["security"], form["password"] = "tls", "heron lake 77"
    assert "imap.example.com" in form.submit(status=303).follow().text
    page = kadri.get(path)
    assert "heron lake" not in page.text
    assert _form(page, path)["host"].value == "imap.example.com"
    gone = _form(page, path)
    gone.action = f"{path}remove/"
    gone.submit(status=303)
    assert "No department has one" in kadri.get(LIST).text


def test_guests_and_tagged_addresses_are_chosen_per_department(shop, as_staff, browser):
    kadri = as_staff()
    form = _form(kadri.get("/admin/support/departments/1/"), "/admin/support/departments/1/")
    form["guests"], form["plus"], form["email"] = True, True, "help@shop.example"
    form.submit(status=303)
    page = browser.get("/contact/")
    assert "Technical help" in page.text
    assert "mailto:help@shop.example" in page.text


def test_the_list_asks_the_database_no_more_for_many_mails(shop, come, as_staff, count_queries):
    kadri = as_staff()
    come(letter("zoe@elsewhere.example", text="0"))
    with count_queries(shop.engine) as few:
        kadri.get(LIST)
    for number in range(1, 15):
        come(letter("zoe@elsewhere.example", text=str(number)))
    with count_queries(shop.engine) as many:
        kadri.get(LIST)
    assert len(many) == len(few)
    assert len(many) <= 12
