"""Many invoices at once: mails once a day, cancelling and giving up with a reason, each by its own rules."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from ezcore.billing.invoices.models import Invoice
from ezcore.messaging.models import Mail
from ezcore.worker import drain
from tests.fixtures_shop import order
from tests.functional.admin.conftest import form_to, log_in_again, token_of, words_of

PATH = "/admin/bulk/invoices/"


@pytest.fixture
def three(paid, as_client):
    """One invoice of Ann is paid, two of Ben are not; their numbers."""
    ben = as_client(email="ben@client.example", name="Ben")
    order(ben)
    order(ben)
    return [1, 2, 3]


def tick(browser, numbers, do):
    form = form_to(browser.get("/admin/invoices/"), PATH)
    for box in form.fields["id"]:
        box.checked = int(box._value) in numbers
    form["do"] = do
    return form.submit(status=200)


def confirm(page, reason=None):
    form = form_to(page, PATH)
    if reason is not None:
        form["reason"] = reason
    return form


def rows(shop, column):
    with shop.work.read() as uow:
        return list(uow.session.scalars(select(column).order_by(Invoice.id)))


def mails(shop, template):
    with shop.work.read() as uow:
        return len(uow.session.scalars(select(Mail.id).where(Mail.template == template)).all())


def test_sending_again_asks_first_and_refuses_what_is_paid(shop, staff, three, office):
    drain(shop)
    before = mails(shop, "invoice_issued")
    page = tick(staff, three, "send")
    assert "2026-00001" in words_of(page)
    assert mails(shop, "invoice_issued") == before
    answer = confirm(page).submit(status=200)
    assert "Send again: 2 done" in words_of(answer)
    assert "invoice 2026-00001 is paid" in words_of(answer)
    assert mails(shop, "invoice_issued") == before + 2
    assert len(office.trail("invoice.send_again")) == 2


@pytest.mark.parametrize(("do", "template"), [("send", "invoice_issued"), ("remind", "payment_due_soon")])
def test_the_same_form_twice_writes_to_nobody_twice(shop, staff, three, do, template):
    drain(shop)
    before, form = mails(shop, template), confirm(tick(staff, three[1:], do))
    form.submit(status=303)
    again = form.submit(status=200)
    assert "0 done" in words_of(again)
    assert "was sent today already" in words_of(again)
    assert mails(shop, template) == before + 2


def test_a_reminder_of_what_is_overdue_says_so(shop, staff, three):
    shop.work.clock.advance(timedelta(days=20))
    staff = log_in_again(shop, staff)
    page = confirm(tick(staff, three[1:2], "remind")).submit(status=303).follow()
    assert "Remind: 1 done" in words_of(page)
    assert (mails(shop, "payment_due_soon"), mails(shop, "payment_reminder")) == (0, 1)


def test_cancelling_wants_a_reason_and_names_what_it_means(shop, staff, three, office):
    page = tick(staff, three, "cancel")
    assert "nobody can take this back" in words_of(page)
    again = confirm(page, " ").submit(status=422)
    assert again.html.select_one("#reason")["aria-invalid"] == "true"
    assert set(rows(shop, Invoice.status)) == {"paid", "unpaid"}
    answer = confirm(again, "ordered by mistake").submit(status=200)
    assert "Cancel invoices: 2 done" in words_of(answer)
    assert "invoice 2026-00001 is paid and cannot be cancelled" in words_of(answer)
    assert rows(shop, Invoice.status) == ["paid", "cancelled", "cancelled"]
    assert {row.reason for row in office.trail("invoice.cancel")} == {"ordered by mistake"}


def test_cancelled_twice_is_cancelled_once(staff, three, office):
    form = confirm(tick(staff, three[1:], "cancel"), "ordered by mistake")
    form.submit(status=303)
    assert "0 done, 2 were so already" in words_of(form.submit(status=303).follow())
    assert len(office.trail("invoice.cancel")) == 2


def test_giving_up_is_refused_where_nothing_is_open(shop, staff, three):
    answer = confirm(tick(staff, three, "write_off"), "moved abroad").submit(status=200)
    assert "2 done" in words_of(answer)
    assert "there is nothing to write off" in words_of(answer)
    assert rows(shop, Invoice.written_off_minor)[0] == 0


def test_a_form_that_skips_the_question_is_asked_it(shop, staff, three):
    body = {"csrf_token": token_of(staff), "do": "cancel", "id": "2", "reason": "sneaky"}
    page = staff.post(PATH, body, status=200)
    assert "is meant" in words_of(page)
    assert "cancelled" not in rows(shop, Invoice.status)


def test_who_only_reads_sees_no_boxes_and_has_no_door(as_staff, shop, three):
    support = as_staff(email="s@staff.example", role="support")
    assert "bulk" not in support.get("/admin/invoices/").text
    body = {"csrf_token": token_of(support), "do": "cancel", "id": "2", "sure": "1", "reason": "sneaky"}
    support.post(PATH, body, status=403)
    assert "cancelled" not in rows(shop, Invoice.status)


def test_a_draft_has_no_number_and_is_not_touched(shop, staff, three):
    body = {"csrf_token": token_of(staff), "do": "cancel", "id": "77", "sure": "1", "reason": "why not"}
    assert "there is no such invoice" in words_of(staff.post(PATH, body, status=200)).lower()
