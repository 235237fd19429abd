"""The desk of staff through the browser: who answers, canned replies, merging, departments, ratings."""

from __future__ import annotations

from tests.fixtures_shop import csrf_of
from tests.functional.support.test_ticket_pages import _form, ask, reference_in


def desk(kadri, reference, ending, query=""):
    return _form(kadri.get(f"/admin/tickets/{reference}/{query}"), f"/{ending}/")


def test_two_of_us_see_who_answers_and_neither_answers_over_the_other(as_client, as_staff):
    ann, kadri, jonas = as_client(), as_staff(), as_staff("jonas@staff.example")
    reference = reference_in(ask(ann))
    late = desk(jonas, reference, "reply")
    claim = desk(kadri, reference, "reply")
    claim.action = f"/admin/tickets/{reference}/claim/"
    claim.submit(status=303)
    assert "is answering, since 0 min" in jonas.get(f"/admin/tickets/{reference}/").text
    assert "You are answering" in kadri.get(f"/admin/tickets/{reference}/").text
    mine = desk(kadri, reference, "reply")
    mine["message"] = "We restarted it."
    mine.submit(status=303)
    late["message"] = "Please restart it yourself."
    held = late.submit(expect_errors=True)
    assert held.status_int == 422
    assert "wrote meanwhile" in held.text
    assert "Please restart it yourself." in held.text
    assert "Please restart" not in ann.get(f"/tickets/{reference}/").text
    again = _form(held, "/reply/")
    again.submit(status=303)
    assert "Please restart" in ann.get(f"/tickets/{reference}/").text


def test_a_canned_reply_is_written_changed_put_in_and_removed(as_client, as_staff):
    ann, kadri = as_client(), as_staff(role="support")
    reference = reference_in(ask(ann))
    new = _form(kadri.get("/admin/support/replies/"), "/admin/support/replies/")
    new["title"], new["body"] = "Restarted", "Dear {{ name }}, {{ oops }}"
    wrong = new.submit(expect_errors=True)
    assert wrong.status_int == 422
    assert "oops" in wrong.text
    new = _form(wrong, "/admin/support/replies/")
    new["body"] = "Dear {{ name }}, about {{ subject }}: done."
    new.submit(status=303)
    page = kadri.get(f"/admin/tickets/{reference}/")
    put = next(form for form in page.forms.values() if "reply" in form.fields)
    begun = put.submit()
    assert "Dear Ann, about My site is slow: done." in _form(begun, "/reply/")["message"].value
    assert kadri.get(f"/admin/tickets/{reference}/?reply=99", expect_errors=True).status_int == 404
    one = _form(kadri.get("/admin/support/replies/1/"), "/admin/support/replies/1/")
    one["title"] = "Done"
    one.submit(status=303)
    assert "Done" in kadri.get("/admin/support/replies/").text
    one.action = "/admin/support/replies/1/remove/"
    one.submit(status=303)
    assert "None yet" in kadri.get("/admin/support/replies/").text


def test_watching_copies_links_merge_and_split_from_the_page(as_client, as_staff):
    ann, kadri = as_client(), as_staff()
    first, second = reference_in(ask(ann)), reference_in(ask(ann, subject="Still slow", message="Really."))
    desk(kadri, first, "watch").submit(status=303)
    assert "Stop watching" in kadri.get(f"/admin/tickets/{first}/").text
    copy = desk(kadri, first, "copy")
    copy["email"] = "nobody"
    assert copy.submit(expect_errors=True).status_int == 422
    copy["email"] = "agency@client.example"
    copy.submit(status=303)
    assert "agency@client.example" in kadri.get(f"/admin/tickets/{first}/").text
    desk(kadri, first, "copy/drop").submit(status=303)
    assert "agency@client.example" not in kadri.get(f"/admin/tickets/{first}/").text
    about = desk(kadri, first, "link")
    about["kind"], about["number"] = "invoice", "2026-1"
    refused = about.submit(expect_errors=True)
    assert refused.status_int == 422
    assert "no such invoice" in refused.text
    merge = desk(kadri, second, "merge")
    merge["into"] = first
    merge.submit(status=303)
    assert "Really." in ann.get(f"/tickets/{first}/").text
    assert ann.get(f"/tickets/{second}/").location.endswith(f"/tickets/{first}/")
    assert "was merged" in kadri.get(f"/admin/tickets/{second}/").text
    split = desk(kadri, first, "split")
    split["subject"] = "Still slow"
    split.get("messages", index=1).checked = True
    split.submit(status=303)
    assert "Really." not in ann.get(f"/tickets/{first}/").text
    assert "Still slow" in ann.get("/tickets/").text


def test_a_ticket_is_given_to_the_client_whose_it_is(as_client, as_staff):
    ann, ben, kadri = as_client(), as_client("ben@client.example", "Ben"), as_staff()
    reference = reference_in(ask(ann))
    give = desk(kadri, reference, "give")
    give["client"] = "who@client.example"
    assert give.submit(expect_errors=True).status_int == 422
    give["client"] = "ben@client.example"
    give.submit(status=303)
    assert ann.get(f"/tickets/{reference}/", expect_errors=True).status_int == 404
    assert "Since noon" in ben.get(f"/tickets/{reference}/").text


def test_a_department_is_made_and_its_members_find_its_tickets(as_client, as_staff):
    ann, kadri = as_client(), as_staff()
    new = _form(kadri.get("/admin/support/departments/"), "/admin/support/departments/")
    new["name"], new["slug"] = "Abuse", "Abuse!"
    assert new.submit(expect_errors=True).status_int == 422
    new["slug"] = "abuse"
    made = new.submit(status=303).follow()
    form = _form(made, made.request.path)
    form["email"], form["priority"] = "abuse@shop.example", "urgent"
    form.get("members", index=0).checked = True
    form.submit(status=303)
    again = kadri.get(made.request.path)
    assert _form(again, made.request.path).get("members", index=0).checked
    ask(ann)
    assert "My site is slow" not in kadri.get("/admin/tickets/?desk=1").text
    reference = reference_in(ask(ann, department="abuse", subject="Spam"))
    assert "Spam" in kadri.get("/admin/tickets/?desk=1").text
    assert "Urgent" in kadri.get(f"/admin/tickets/{reference}/").text
    page = _form(again, made.request.path)
    page["name"], page["hidden"] = "Abuse desk", True
    page.submit(status=303)
    assert "Abuse desk" not in ann.get("/tickets/new/").text


def test_members_of_support_read_departments_and_only_settings_staff_change_them(as_staff):
    helper = as_staff("s@staff.example", "support")
    assert "Technical help" in helper.get("/admin/support/departments/1/").text
    answer = helper.post(
        "/admin/support/departments/1/", {"csrf_token": csrf_of(helper), "name": "x"}, expect_errors=True
    )
    assert answer.status_int == 403
    assert "Technical help" in helper.get("/admin/support/departments/1/").text


def test_a_closed_ticket_is_rated_by_its_client(as_client, as_staff):
    ann, kadri = as_client(), as_staff()
    reference = reference_in(ask(ann))
    page = ann.get(f"/tickets/{reference}/")
    assert "How did it go" not in page.text
    _form(page, "/close/").submit(status=303)
    rate = _form(ann.get(f"/tickets/{reference}/"), "/rate/")
    rate["rating"], rate["words"] = "2", "It took <b>long</b>"
    rate.submit(status=303)
    assert "You said: Badly" in ann.get(f"/tickets/{reference}/").text
    shown = kadri.get(f"/admin/tickets/{reference}/").text
    assert "2 of 5" in shown
    assert "&lt;b&gt;long" in shown
    rate["rating"].force_value("9")
    assert rate.submit(expect_errors=True).status_int == 422


def test_the_page_of_a_ticket_asks_the_database_no_more_for_a_long_talk(
    shop, as_client, as_staff, count_queries
):
    ann, kadri = as_client(), as_staff()
    reference = reference_in(ask(ann))
    with count_queries(shop.engine) as few:
        kadri.get(f"/admin/tickets/{reference}/")
    for number in range(5):
        form = _form(ann.get(f"/tickets/{reference}/"), "/reply/")
        form["message"] = f"word {number}"
        form.submit(status=303)
    with count_queries(shop.engine) as many:
        kadri.get(f"/admin/tickets/{reference}/")
    assert len(many) == len(few)
    assert len(many) <= 12, len(many)
