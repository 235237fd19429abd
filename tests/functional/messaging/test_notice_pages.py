"""Notification rules through the browser: an event is chosen, a rule written, tried, paused; the bell counts."""

from __future__ import annotations

from ezcore.messaging.notices.models import NoticeRule
from ezcore.worker import drain
from tests.fixtures_shop import order
from tests.functional.messaging.conftest import form_of

NEW = "/admin/notice-rules/new/?event=InvoiceIssued"


def write(browser, **fields):
    form = form_of(browser.get(NEW), NEW)
    for name, value in fields.items():
        form[name] = value
    return form


def test_a_note_rings_at_the_bell_of_everybody_and_each_reads_it(shop, kadri, as_staff, as_client):
    chosen = form_of(kadri.get("/admin/notice-rules/"), "/new/")
    chosen["event"] = "InvoiceIssued"
    assert "When: Invoice issued" in chosen.submit().text
    made = write(kadri, name="An invoice", field_1="total", compare_1="at_least", value_1="1 EUR").submit(
        status=303
    )
    order(as_client())
    drain(shop)
    jonas = as_staff("jonas@staff.example", role="support")
    assert '<span class="badge is-info">1</span>' in jonas.get("/admin/").text
    page = jonas.get("/admin/notes/")
    assert "2026-00001" in page.text
    form_of(page, "/read/").submit(status=303)
    assert '<span class="badge is-info">1</span>' not in jonas.get("/admin/").text
    assert '<span class="badge is-info">1</span>' in kadri.get("/admin/").text
    one = next(form for form in kadri.get("/admin/notes/").forms.values() if "note" in form.fields)
    one.submit(status=303)
    assert "nothing new" in kadri.get("/admin/").text
    assert "event 1" in kadri.get(made.location).text or "event" in kadri.get(made.location).text


def test_a_rule_in_error_keeps_what_was_typed(kadri):
    wrong = write(kadri, name="x", action="mail", addresses="nobody", words="Total {{ total }}").submit(
        status=422
    )
    assert "This is not a complete e-mail address" in wrong.text
    again = form_of(wrong, NEW)
    assert (again["addresses"].value.strip(), again["words"].value.strip()) == ("nobody", "Total {{ total }}")
    wrong = write(kadri, field_1="total", value_1="many").submit(status=422)
    assert "an amount and a currency" in wrong.text
    assert kadri.get("/admin/notice-rules/new/?event=Nothing", expect_errors=True).status_int == 422


def test_a_rule_is_tried_changed_and_paused(shop, kadri, letterbox_of):
    made = write(kadri, action="mail", addresses="desk@shop.example", words="{{ number }}").submit(status=303)
    form_of(kadri.get(made.location), "/try/").submit(status=303)
    page = kadri.get(made.location)
    assert "sample number" in page.text
    assert letterbox_of(shop).to("desk@shop.example") == [("notice", "sample number")]
    form = form_of(page, made.location.removeprefix("http://shop.example"))
    form["name"] = "For the desk"
    form.submit(status=303)
    form_of(kadri.get(made.location), "/pause/").submit(status=303)
    listed = kadri.get("/admin/notice-rules/").text
    assert "For the desk" in listed
    assert "Paused" in listed


def test_a_chat_must_be_on_the_internet_and_its_address_is_not_shown_again(kadri):
    secret = "https://hooks.chat.example/services/T0/B0/s3cret"
    wrong = write(kadri, action="chat", url="https://10.0.0.1/x").submit(status=422)
    assert "not on the public internet" in wrong.text
    made = write(kadri, action="chat", url=secret).submit(status=303)
    page = kadri.get(made.location)
    assert "s3cret" not in page.text
    assert "Blank keeps the one at hooks.chat.example" in page.text
    form_of(page, made.location.removeprefix("http://shop.example")).submit(status=303)
    assert "hooks.chat.example" in kadri.get("/admin/notice-rules/").text


def test_a_deleted_rule_tells_nothing_more_and_what_it_told_stays(shop, kadri, as_client):
    made = write(kadri, name="An invoice").submit(status=303).location
    ann = as_client()
    order(ann)
    drain(shop)
    assert "2026-00001" in kadri.get(made)
    asked = kadri.get(made).click("^Delete$")
    assert "cannot be taken back" in asked
    assert "An invoice" in kadri.get("/admin/notice-rules/")
    form_of(asked, "/delete/").submit(status=303)
    assert "An invoice" not in kadri.get("/admin/notice-rules/").html.find("main").get_text()
    order(ann)
    drain(shop)
    page = kadri.get("/admin/notice-rules/").click("^Deleted").click("An invoice")
    assert "2026-00001" in page
    assert "2026-00002" not in page
    assert "2026-00002" not in kadri.get("/admin/notes/")
    assert [one for one in page.forms.values() if "/notice-rules/" in (one.action or "")] == []
    assert "notice_rule.remove" in kadri.get("/admin/audit/?object=notice_rule&id=1")


def test_a_deleted_rule_keeps_no_address_and_cannot_be_changed(shop, kadri):
    made = write(kadri, action="mail", addresses="desk@shop.example").submit(status=303).location
    page = kadri.get(made)
    old = [form_of(page, ending) for ending in (made.removeprefix("http://shop.example"), "/try/", "/pause/")]
    gone = page.click("^Delete$")
    for _ in range(2):
        form_of(gone, "/delete/").submit(status=303)
    assert [one.submit(expect_errors=True).status_int for one in old] == [404, 404, 404]
    assert kadri.get(f"{made}delete/", expect_errors=True).status_int == 404
    with shop.work.read() as uow:
        rule = uow.session.get_one(NoticeRule, 1)
        assert (rule.addresses, rule.url, rule.secret) == ([], None, None)
