"""The page of health: each trouble is named with its state, since when, and a link to where it is mended."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from ezcore.db.histories import core_history
from ezcore.jobs.inbox.models import WebhookEvent
from ezcore.jobs.models import ScheduledRun, WorkerProcess
from ezcore.jobs.providers.models import Provider
from ezcore.reports.books import CHECK
from tests.functional.admin.conftest import words_of


def row_of(page, what):
    """State, words and link of a finding."""
    for row in page.html.select("main tbody tr"):
        if what in row.th.get_text():
            cells = [cell.get_text(" ", strip=True) for cell in row.find_all("td")]
            return cells[0], cells[1], row.th.a["href"] if row.th.a else None
    raise AssertionError(f"{what} is not on the page")


def beat(shop, ago):
    with shop.work.write() as uow:
        now = uow.database_now()
        uow.session.add(WorkerProcess(owner="w1", threads=4, strays=0, started_at=now, seen_at=now - ago))


@pytest.mark.parametrize(("ago", "state"), [(timedelta(0), "Good"), (timedelta(minutes=2), "Bad")])
def test_a_worker_that_is_silent_for_a_minute_is_bad(staff, shop, ago, state):
    assert row_of(staff.get("/admin/health/"), "Workers")[0] == "Bad", "there is none"
    beat(shop, ago)
    assert row_of(staff.get("/admin/health/"), "Workers")[0] == state


def test_what_waits_for_somebody_is_counted_and_leads_to_its_page(staff, shop, office):
    office.asking_job()
    with shop.work.write() as uow:
        uow.session.add(
            WebhookEvent(source="stripe", external_id="e1", kind="x", state="parked", received_at=uow.now())
        )
        uow.session.add(Provider(name="proxmox:3", state="open", opened_at=uow.now()))
    page = staff.get("/admin/health/")
    assert row_of(page, "Parked webhooks") == ("Look", "Waiting: 1", "/admin/webhooks/")
    assert row_of(page, "Jobs that need somebody") == ("Look", "Waiting: 1", "/admin/jobs/")
    assert row_of(page, "Providers") == ("Bad", "Given up or paused: proxmox:3", "/admin/jobs/providers/")
    first = page.html.select_one("main tbody td").get_text(strip=True)
    assert first == "Bad", "what is bad stands first"


def test_due_jobs_that_nobody_takes_get_worse_with_their_age(staff, shop, office):
    office.queued_job()
    assert row_of(staff.get("/admin/health/"), "Jobs that are due")[0] == "Good"
    shop.work.clock.advance(timedelta(minutes=31))
    assert row_of(staff.get("/admin/health/"), "Jobs that are due")[:2] == ("Bad", "Waiting: 1")


def test_a_database_of_another_release_is_bad(staff, shop):
    with shop.work.write() as uow:
        uow.session.execute(
            text("CREATE TABLE IF NOT EXISTS ez_core_version (version_num VARCHAR(32) NOT NULL)")
        )
        uow.session.execute(text("DELETE FROM ez_core_version"))
        uow.session.execute(
            text("INSERT INTO ez_core_version VALUES (:head)"), {"head": core_history().head()}
        )
    assert row_of(staff.get("/admin/health/"), "Database")[0] == "Good"
    with shop.work.write() as uow:
        uow.session.execute(text("UPDATE ez_core_version SET version_num = 'older'"))
    state, words, _ = row_of(staff.get("/admin/health/"), "Database")
    assert state == "Bad"
    assert "older" in words
    assert "ez migrate" in words


def test_the_last_look_at_the_books_stands_on_the_page(staff, shop):
    assert row_of(staff.get("/admin/health/"), "Invariants")[0] == "Look"
    with shop.work.write() as uow:
        run = ScheduledRun(task=CHECK.name, slot="2026-03-02", started_at=uow.now(), counts={"done": 1})
        uow.session.add(run)
    assert row_of(staff.get("/admin/health/"), "Invariants")[:2] == ("Good", "All hold")
    with shop.work.write() as uow:
        uow.session.get_one(ScheduledRun, run.id).counts = {"left_out": ["I01 is broken"]}
    assert row_of(staff.get("/admin/health/"), "Invariants")[:2] == ("Bad", "I01 is broken")


def test_the_dashboard_leads_here_when_something_is_bad(staff, shop):
    page = staff.get("/admin/")
    assert "Something is not well" in words_of(page)
    assert page.html.select("main .notice a[href='/admin/health/']")


def test_the_page_asks_at_most_twelve_questions(staff, shop, count_queries):
    staff.get("/admin/health/")
    with count_queries(shop.engine) as asked:
        staff.get("/admin/health/")
    assert len(asked) <= 12, asked
