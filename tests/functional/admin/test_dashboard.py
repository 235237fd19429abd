"""The first page of staff: what is broken, grouped by cause, and how business is."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import text

from ezcore.automation.tasks import TASKS, tick
from ezcore.jobs.models import WorkerProcess
from tests.functional.admin.conftest import log_in_again, words_of


def see_worker(shop, ago):
    now = shop.work.clock.now() - ago
    with shop.work.write() as uow:
        uow.session.add(WorkerProcess(owner="w1", threads=4, started_at=now, seen_at=now))


def test_a_shop_without_a_worker_is_told_the_command_to_start_one(staff):
    alarm = staff.get("/admin/").html.select_one(".notice.is-bad")
    assert alarm.code.get_text() == "ez worker"


def test_a_worker_seen_just_now_is_no_alarm_and_a_silent_one_is(shop, staff):
    see_worker(shop, timedelta(seconds=20))
    assert not staff.get("/admin/").html.select(".notice.is-bad")
    shop.work.clock.advance(timedelta(minutes=1))
    assert staff.get("/admin/").html.select(".notice.is-bad")


def test_jobs_that_fail_for_one_reason_are_one_line(staff, office):
    for number in range(3):
        office.failing_job(f"same-{number}", "node 7 is away")
    office.failing_job("other", "disk is full")
    lines = [
        " ".join(line.get_text(" ").split()) for line in staff.get("/admin/").html.select(".trouble > li")
    ]
    assert len(lines) == 2
    assert "node 7 is away 3 jobs Retrying" in lines[0]
    assert "disk is full 1 job Retrying" in lines[1]


def test_a_question_stands_on_the_first_page_until_it_is_answered(staff, office):
    office.asking_job()
    assert "Which of the two machines is ours?" in words_of(staff.get("/admin/"))
    page = staff.get("/admin/jobs/1/")
    form = next(form for form in page.forms.values() if form.action.endswith("/answer/"))
    form["reason"] = "the second"
    form.submit()
    assert "Which of the two machines" not in words_of(staff.get("/admin/"))


def test_figures_are_those_of_the_books(shop, staff, paid, as_client):
    shown = {
        tile.select_one(".label").get_text(strip=True): tile.select_one(".value").get_text(strip=True)
        for tile in staff.get("/admin/").html.select(".kpi")
    }
    assert shown == {
        "Active services": "1", "This month": "€7.00", "Unpaid": "€0.00", "Overdue": "€0.00",
        "Open jobs": "0",
    }  # fmt: skip


def test_an_unpaid_invoice_becomes_overdue_when_its_day_has_passed(shop, staff, ordered):
    tile = staff.get("/admin/").html.select(".kpi")[3]
    assert "€0.00" in tile.get_text()
    shop.work.clock.advance(timedelta(days=shop.settings.billing.due_days + 1))
    staff = log_in_again(shop, staff)
    tile = staff.get("/admin/").html.select(".kpi")[3]
    assert "€7.00" in tile.get_text()
    assert "1 invoice" in tile.get_text()
    assert len(staff.get(tile["href"]).html.select("tbody tr")) == 1


def test_the_chart_has_a_bar_and_a_row_for_each_of_twelve_months(staff, paid):
    page = staff.get("/admin/").html
    assert len(page.select(".chart rect")) == 12
    rows = page.select("details.data tbody tr")
    assert len(rows) == 12
    assert rows[-1].get_text(" ", strip=True) == "Mar 2026 €7.00"
    assert rows[0].get_text(" ", strip=True) == "Apr 2025 €0.00"


def look_at_the_books(shop):
    shop.work.clock.advance(timedelta(days=1))
    tick(shop.work, without=set(TASKS) - {"books"})


def test_books_that_nobody_looked_at_are_not_called_whole(staff, paid):
    page = staff.get("/admin/")
    assert not page.html.select(".holds")
    assert "All hold" not in words_of(page)
    assert page.click("look now").status_int == 200


def test_a_broken_invariant_is_red_and_whole_books_are_green(shop, staff, paid):
    look_at_the_books(shop)
    log_in_again(shop, staff)
    assert staff.get("/admin/").html.select_one(".holds")
    with shop.engine.connect() as connection:
        connection.execute(text("UPDATE invoice_series SET last_number = 9"))
        connection.commit()
    look_at_the_books(shop)
    log_in_again(shop, staff)
    page = staff.get("/admin/")
    assert "numbers are gapless" in words_of(page)
    assert not page.html.select(".holds")


def test_the_ledger_sums_to_zero(staff, paid):
    page = staff.get("/admin/ledger/balance/")
    assert page.html.select_one("#ledger-sum-EUR")["value"] == "0"
    assert {row.th.get_text(strip=True) for row in page.html.select("tbody")[0].select("tr")} >= {
        "Revenue", "Cash at banktransfer",
    }  # fmt: skip


def test_the_ledger_of_a_new_shop_has_a_sum_too(staff):
    assert staff.get("/admin/ledger/balance/").html.select_one("#ledger-sum-EUR")["value"] == "0"


def _to_do(browser):
    section = browser.get("/admin/").html.find(id="setup")
    rows = section.find_parent("section").select("li") if section else []
    return {row.a.get_text() for row in rows}


def test_a_new_shop_is_told_what_to_set_up_until_it_is_done(shop, staff):
    left = _to_do(staff)
    assert "Start a worker" in left
    assert "Sell a product that has a price" not in left
    see_worker(shop, timedelta(seconds=20))
    assert _to_do(staff) == left - {"Start a worker"}


def test_each_member_of_staff_may_hide_what_to_set_up(staff, as_staff):
    form = next(one for one in staff.get("/admin/").forms.values() if one.action.endswith("/setup/hide/"))
    form.submit(status=303)
    assert _to_do(staff) == set()
    assert _to_do(as_staff("b@staff.example"))
    assert _to_do(as_staff("c@staff.example", role="support")) == set()
