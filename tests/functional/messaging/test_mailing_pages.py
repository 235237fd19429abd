"""Mailings through the browser: clients chosen, words tried, approved with the count that was shown; the way out."""

from __future__ import annotations

import re
from datetime import timedelta

from sqlalchemy import select

from ezcore.messaging.mailings import queries
from ezcore.messaging.models import Mail
from ezcore.worker import drain
from tests.fixtures_shop import order
from tests.functional.messaging.conftest import form_of

NEW = "/admin/mailings/new/"


def write(browser, **fields):
    form = form_of(browser.get(NEW), NEW)
    typed = {"name": "Move", "subject": "We move {{ services }}", "body": "Dear {{ client.name }}"} | fields
    for name, value in typed.items():
        form[name] = value
    return form


def sent(shop):
    with shop.work.read() as uow:
        return [
            (one.recipient, one.subject)
            for one in uow.session.scalars(select(Mail).where(Mail.template == "mailing"))
        ]


def test_only_clients_that_fit_get_it_after_it_was_approved(shop, kadri, as_client):
    order(as_client())
    as_client("ben@client.example", "Ben")
    drain(shop)
    made = write(kadri, service_state="pending", html="<p>{{ client.name }}</p>").submit(status=303)
    page = made.follow()
    assert "Approve and send to 1" in page.text
    assert "ann@client.example" in page.text
    assert "Dear Ann" in page.text
    assert "sandbox" in kadri.get(f"{made.location}html/").headers["Content-Security-Policy"]
    form_of(page, "/test/").submit(status=303)
    drain(shop)
    assert [one[0] for one in sent(shop)] == ["kadri@staff.example"]
    form_of(page, "/approve/").submit(status=303)
    drain(shop)
    assert sent(shop)[1][0] == "ann@client.example"
    done = kadri.get(made.location)
    assert "How far it is" in done.text
    assert not [form for form in done.forms.values() if form.action.endswith("/approve/")]
    assert kadri.get(f"{made.location}edit/").status_int == 200
    late = form_of(kadri.get(f"{made.location}edit/"), "/edit/").submit(expect_errors=True)
    assert late.status_int == 409


def test_a_count_that_has_changed_is_looked_at_again(shop, kadri, as_client):
    as_client()
    page = write(kadri).submit(status=303).follow()
    as_client("ben@client.example", "Ben")
    again = form_of(page, "/approve/").submit(status=303).follow()
    assert "Meanwhile 2 clients fit" in again.text
    assert "Approve and send to 2" in again.text


def test_it_is_held_goes_on_and_is_stopped(shop, kadri, as_client):
    for number in range(4):
        as_client(f"c{number}@client.example", f"C{number}")
    page = write(kadri, per_minute="1").submit(status=303).follow()
    going = form_of(page, "/approve/").submit(status=303).follow()
    drain(shop)
    held = form_of(going, "/pause/").submit(status=303).follow()
    shop.work.clock.advance(timedelta(minutes=5))
    drain(shop)
    assert len(sent(shop)) == 1
    kadri.get("/admin/mailings/", expect_errors=True)
    on = form_of(held, "/go-on/").submit(status=303).follow()
    drain(shop)
    assert len(sent(shop)) == 2
    stopped = form_of(on, "/stop/").submit(status=303).follow()
    assert "Stopped" in stopped.text
    assert "Waiting" in stopped.text


def test_a_wrong_place_or_filter_is_named_and_nothing_is_lost(kadri):
    wrong = write(kadri, body="x\n{{ client.password }}").submit(status=422)
    assert "Line 2: the text asks for client.password" in wrong.text
    assert form_of(wrong, NEW)["name"].value == "Move"
    assert "Between 1 and 600" in write(kadri, per_minute="601").submit(status=422).text
    wrong = write(kadri)
    wrong["product"].force_value("x")
    assert "Choose one of the list" in wrong.submit(status=422).text


def test_a_client_leaves_by_the_page_or_by_one_post_and_can_come_back(shop, kadri, as_client, new_browser):
    as_client()
    page = write(kadri, marketing=True).submit(status=303).follow()
    way_out = re.search(r"http://shop\.example(/unsubscribe/[^/]+/)", page.text).group(1)
    stranger = new_browser()
    stranger.get(way_out)
    with shop.work.read() as uow:
        assert not queries.refuses(uow, 1), "looking is not refusing"
    one_click = stranger.post(way_out, {"List-Unsubscribe": "One-Click"})
    assert one_click.status_int == 303
    with shop.work.read() as uow:
        assert queries.refuses(uow, 1)
    form_of(page, "/approve/").submit(status=303)
    drain(shop)
    assert sent(shop) == []
    form_of(stranger.get(way_out), way_out).submit(status=303)
    with shop.work.read() as uow:
        assert not queries.refuses(uow, 1)
    for wrong in (way_out.replace("/1.", "/2."), "/unsubscribe/x/"):
        assert stranger.get(wrong, expect_errors=True).status_int == 404
        assert stranger.post(wrong, {}, expect_errors=True).status_int == 404


def test_the_pages_of_many_ask_no_more_than_those_of_one(shop, kadri, as_client, count_queries):
    for number in range(3):
        as_client(f"c{number}@client.example", f"C{number}")
    page = write(kadri).submit(status=303)
    with count_queries(shop.engine) as few:
        kadri.get(page.location)
    for number in range(3, 12):
        as_client(f"c{number}@client.example", f"C{number}")
    with count_queries(shop.engine) as many:
        kadri.get(page.location)
    assert len(many) == len(few) <= 12
