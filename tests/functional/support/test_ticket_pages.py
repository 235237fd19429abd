"""The support desk through the browser: ask, answer, and nobody reads what is not theirs."""

from __future__ import annotations

import re

import pytest

from ezcore.worker import drain
from tests.fixtures_shop import csrf_of, order


def ask(browser, **fields):
    form = _form(browser.get("/tickets/new/"), "/tickets/new/")
    form["subject"], form["message"] = "My site is slow", "Since noon. See https://pics.example/1.png"
    for name, value in fields.items():
        form[name] = value
    return form.submit()


def _form(page, ending):
    [found] = [form for form in page.forms.values() if form.action.endswith(ending)]
    return found


def reference_in(answer):
    return re.search(r"T-\d{4}-\d{6}", answer.location).group(0)


def test_a_client_asks_and_staff_answer(shop, as_client, as_staff):
    ann, kadri = as_client(), as_staff()
    assert "No open tickets" in ann.get("/tickets/").text
    reference = reference_in(ask(ann))
    page = ann.get(f"/tickets/{reference}/")
    assert 'rel="nofollow noopener noreferrer ugc"' in page.text
    queue = kadri.get("/admin/tickets/")
    assert reference in queue.text
    desk = kadri.get(f"/admin/tickets/{reference}/")
    reply = _form(desk, "/reply/")
    reply["message"] = "We restarted it."
    reply.submit(status=303)
    note = _form(desk, "/reply/")
    note["message"] = "Node 7 again"
    note.action = f"/admin/tickets/{reference}/note/"
    note.submit(status=303)
    shown = ann.get(f"/tickets/{reference}/")
    assert "We restarted it." in shown.text
    assert "Node 7" not in shown.text
    assert "Node 7" in kadri.get(f"/admin/tickets/{reference}/").text
    drain(shop)
    back = _form(shown, "/reply/")
    back["message"] = "Thank you!"
    back.submit(status=303)
    assert "Client wrote" in kadri.get("/admin/tickets/?state=customer_reply").text
    _form(ann.get(f"/tickets/{reference}/"), "/close/").submit(status=303)
    assert "No open tickets" in ann.get("/tickets/").text
    assert reference in ann.get("/tickets/?show=all").text


def test_B074_another_clients_ticket_is_404(shop, as_client):
    ann, ben = as_client(), as_client("ben@client.example", "Ben")
    reference = reference_in(ask(ann))
    token = csrf_of(ben)
    assert ben.get(f"/tickets/{reference}/", expect_errors=True).status_int == 404
    for verb in ("reply", "close"):
        answer = ben.post(
            f"/tickets/{reference}/{verb}/", {"csrf_token": token, "message": "x"}, expect_errors=True
        )
        assert answer.status_int == 404
    near = f"T-2026-{(int(reference[-6:]) + 1) % 1_000_000:06d}"
    for odd in (near, "T-2026-1", "1", "%2e%2e", "T-2026-000000'--"):
        assert ben.get(f"/tickets/{odd}/", expect_errors=True).status_int == 404


def test_only_ones_own_services_can_be_named(shop, as_client):
    ann, ben = as_client(), as_client("ben@client.example", "Ben")
    order(ann)
    reference = reference_in(ask(ann, about="1"))
    assert "/dashboard/services/1/" in ann.get(f"/tickets/{reference}/").text
    answer = ben.post(
        "/tickets/new/",
        {"csrf_token": csrf_of(ben), "department": "help", "about": "1", "subject": "s", "message": "m"},
        expect_errors=True,
    )
    assert answer.status_int == 422
    assert "Choose one of your services" in answer.text
    assert "No open tickets" in ben.get("/tickets/").text


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"subject": ""}, "in a few words"), ({"message": ""}, "Write a message"),
        ({"department": "x"}, "one of those offered"), ({"about": "1e3"}, "whole number"),
    ],
)  # fmt: skip
def test_what_is_missing_is_said_at_its_field_and_nothing_typed_is_lost(as_client, sent, words):
    ann = as_client()
    fields = {"csrf_token": csrf_of(ann), "department": "help", "subject": "Slow", "message": "Since noon"}
    answer = ann.post("/tickets/new/", fields | sent, expect_errors=True)
    assert answer.status_int == 422
    assert words in answer.text
    assert (sent.get("message") or "Since noon") in answer.text or "message" in sent


def test_a_hostile_message_is_shown_inert(as_client, as_staff):
    ann, kadri = as_client(), as_staff()
    reference = reference_in(ask(ann, subject="<script>1</script>", message="<script>alert(2)</script>"))
    for browser, path in ((ann, "/tickets/"), (kadri, "/admin/tickets/")):
        for page in (browser.get(path), browser.get(f"{path}{reference}/")):
            assert "<script>alert" not in page.text
            assert "<script>1" not in page.text


def test_staff_open_a_ticket_for_a_client_and_handle_it(shop, as_client, as_staff):
    ann, kadri = as_client(), as_staff(role="support")
    form = _form(kadri.get("/admin/tickets/"), "/admin/tickets/")
    form["client"], form["subject"], form["message"] = "ann@client.example", "Your card", "It expires soon."
    reference = reference_in(form.submit(status=303))
    handle = _form(kadri.get(f"/admin/tickets/{reference}/"), "/handle/")
    handle["state"], handle["priority"], handle["department"] = "on_hold", "urgent", "billing"
    handle["assignee"] = handle["assignee"].options[1][0]
    handle.submit(status=303)
    page = kadri.get(f"/admin/tickets/{reference}/")
    assert "On hold" in page.text
    assert "Urgent" in page.text
    assert reference in kadri.get("/admin/tickets/?mine=1").text
    assert "It expires soon." in ann.get(f"/tickets/{reference}/").text


def test_billing_staff_have_no_desk(as_staff):
    assert as_staff("b@staff.example", "billing").get("/admin/tickets/", expect_errors=True).status_int == 403


def test_the_twenty_first_ticket_in_ten_minutes_waits(as_client):
    ann = as_client()
    for _ in range(20):
        ask(ann)
    form = _form(ann.get("/tickets/new/"), "/tickets/new/")
    form["subject"], form["message"] = "more", "more"
    answer = form.submit(expect_errors=True)
    assert answer.status_int == 429
    assert "Retry-After" in answer.headers
