"""The network's state: what everybody sees, what a client on that server is told, and how staff say it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from ezcore.audit.models import AuditRow
from ezcore.publishing.incidents import components
from ezcore.publishing.incidents import operations as incidents
from ezcore.publishing.incidents.components import Part
from ezcore.publishing.incidents.models import Impact, IncidentKind, IncidentState
from ezcore.publishing.incidents.operations import Facts
from ezcore.publishing.incidents.queries import one_told
from ezcore.services.servers.models import Server
from ezcore.services.services.models import Service
from tests.fixtures_shop import MORNING, order
from tests.functional.publishing.conftest import form_to

NEW = "/admin/content/network/new/"


@pytest.fixture
def parts(shop):
    """A server of ours with its part (1), and a part without server (2)."""
    with shop.work.write() as uow:
        uow.session.add(Server(name="fra-kvm-07", module="vps"))
        uow.session.flush()
        components.add(uow, Part("Frankfurt", "Machines", uow.session.scalar(select(Server.id))))
        components.add(uow, Part("Client area", position=9))


@pytest.fixture
def ann(shop, as_client, parts):
    """A client with a service on that server."""
    browser = as_client()
    order(browser)
    with shop.work.write() as uow:
        uow.session.scalars(select(Service)).one().server_id = uow.session.scalar(select(Server.id))
    return browser


def report(staff, **fields):
    form = form_to(staff.get(NEW), NEW)
    typed = {"title": "Packets get lost", "impact": "outage", "body": "We *look*."} | fields
    for name, value in typed.items():
        form[name] = value
    form.get("components", index=0).checked = True
    return form.submit("do", value="save", status="*")


def test_a_report_from_investigating_to_solved(shop, ann, browser, as_client, as_staff):
    staff, ben = as_staff(role="support"), as_client("ben@client.example", "Ben")
    page = report(staff).follow()
    assert "Everything works" in browser.get("/status/")
    assert browser.get("/status/1/", status=404)
    form_to(page, "/publish/").submit(status=303)
    shown = browser.get("/status/")
    assert "Packets get lost" in shown
    assert "Down" in shown.html.find(id="parts").parent.parent.get_text()
    assert "<em>look</em>" in browser.get("/status/1/")
    assert "This touches a server of yours" in ann.get("/dashboard/")
    assert "Packets get lost" not in ben.get("/dashboard/")
    for state in ("identified", "watching", "solved"):
        form = form_to(staff.get("/admin/content/network/1/tell/"), "/tell/")
        form["state"], form["body"] = state, f"Now {state}."
        form.submit("do", value="save", status=303)
    assert "Everything works" in browser.get("/status/")
    assert "Packets get lost" not in ann.get("/dashboard/")
    said = [one.get_text() for one in browser.get("/status/1/").html.select(".timeline li p")]
    assert said == ["Now solved.", "Now watching.", "Now identified.", "We look."]
    form_to(staff.get("/admin/content/network/1/"), "/withdraw/").submit(status=303)
    assert browser.get("/status/1/", status=404)
    with shop.work.read() as uow:
        verbs = list(uow.session.scalars(select(AuditRow.verb).where(AuditRow.object_kind == "incident")))
    assert verbs == ["incident.add", "incident.publish", *["incident.update"] * 3, "incident.withdraw"]


def test_planned_work_is_told_ahead_and_ends_by_itself(shop, ann, browser, as_staff):
    staff = as_staff()
    times = {"kind": "maintenance", "starts_at": "2026-03-06 03:00", "ends_at": "2026-03-06 05:00"}
    form_to(report(staff, **times).follow(), "/publish/").submit(status=303)
    shown = browser.get("/status/")
    assert "Everything works" in shown
    assert shown.html.find(id="planned")
    assert "6 Mar 2026, 03:00:00" in ann.get("/dashboard/")
    start = MORNING.replace(day=6, hour=1)  # 03:00 in Tallinn
    shop.work.clock.move_to(start)
    assert "Being worked on" in browser.get("/status/")
    shop.work.clock.move_to(start + timedelta(hours=2))
    shown = browser.get("/status/")
    assert "Everything works" in shown
    assert not shown.html.find(id="planned")
    assert "Packets get lost" in shown


def test_work_that_is_far_ahead_disturbs_nobody(ann, browser, as_staff):
    times = {"kind": "maintenance", "starts_at": "2026-04-06 03:00", "ends_at": "2026-04-06 05:00"}
    form_to(report(as_staff(), **times).follow(), "/publish/").submit(status=303)
    assert "Packets get lost" not in ann.get("/dashboard/")
    assert "Packets get lost" in browser.get("/status/")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"title": ""}, "title"), ({"body": ""}, "body"), ({"kind": "maintenance"}, "starts_at"),
        ({"kind": "maintenance", "starts_at": "2026-03-06 03:00"}, "ends_at"),
        ({"starts_at": "2026-03-06 03:00", "ends_at": "2026-03-06 03:00"}, "ends_at"),
        ({"starts_at": "2026-03-29 03:30"}, "starts_at"),
    ],
)  # fmt: skip
def test_what_is_missing_is_named(parts, as_staff, fields, field):
    page = report(as_staff(), **fields)
    assert page.status_int == 422
    assert page.html.find(id=f"{field}-error")


def test_a_report_touches_something(parts, as_staff):
    form = form_to(as_staff().get(NEW), NEW)
    form["title"], form["body"] = "x", "y"
    assert "Choose the parts" in form.submit("do", value="save", status=422)


def test_facts_are_corrected_and_words_are_seen_before_they_are_said(parts, browser, as_staff):
    staff = as_staff()
    form = form_to(report(staff).follow(), "/network/1/")
    form["title"], form["impact"] = "Fewer packets get lost", "degraded"
    form_to(form.submit("do", value="save", status=303).follow(), "/publish/").submit()
    assert "Slow or partly down" in browser.get("/status/")
    form = form_to(staff.get("/admin/content/network/1/tell/"), "/tell/")
    form["body"] = "**Soon**"
    assert "<strong>Soon</strong>" in form.submit("do", value="preview", status=200)
    assert "Soon" not in browser.get("/status/1/")


def test_staff_keep_the_parts(parts, browser, as_staff):
    staff = as_staff()
    form = form_to(staff.get("/admin/content/parts/new/"), "/parts/new/")
    form["name"] = "Frankfurt"
    assert "of this name already" in form.submit(status=422)
    form["name"], form["server_id"] = "Mail", "1"
    form.submit(status=303)
    form = form_to(staff.get("/admin/content/parts/2/"), "/parts/2/")
    form["shown"] = False
    form.submit(status=303)
    page = browser.get("/status/")
    assert "Mail" in page
    assert "Client area" not in page.html.find(id="parts").parent.parent.get_text()


def test_lists_ask_no_more_when_there_is_more(shop, ann, browser, as_staff, count_queries):
    staff = as_staff()

    def happen(number):
        with shop.work.write() as uow:
            facts = Facts(IncidentKind.INCIDENT, f"Number {number}", Impact.NOTICE, [1, 2])
            one = incidents.begin(uow, facts, "Words.")
            incidents.publish(uow, one)
            if number % 2:
                incidents.tell(uow, one, IncidentState.SOLVED, "Over.")

    def asked():
        counts = []
        for reader, path in ((browser, "/status/"), (browser, "/status/1/"), (ann, "/dashboard/"),
                             (staff, "/admin/content/network/"), (staff, "/admin/content/parts/")):  # fmt: skip
            reader.get(path)
            with count_queries(shop.engine) as seen:
                reader.get(path)
            counts.append(len(seen))
        return counts

    happen(0)
    few = asked()
    for number in range(1, 9):
        happen(number)
    assert asked() == few
    with shop.work.read() as uow:
        assert one_told(uow, 1).parts == ["Frankfurt", "Client area"]
