"""News shows from its instant on, to everybody, on pages and as a feed; staff write, preview, publish, withdraw."""

from __future__ import annotations

from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest
from sqlalchemy import select

from ezcore.audit.models import AuditRow
from ezcore.web.shared.markup import icon
from tests.fixtures_shop import MORNING
from tests.functional.publishing.conftest import form_to

ATOM = "{http://www.w3.org/2005/Atom}"
NEW = "/admin/content/announcements/new/"


def write(staff, title="Two carriers", body="We are *fast* now.", slug=""):
    form = form_to(staff.get(NEW), NEW)
    form["title"], form["body"], form["slug"] = title, body, slug
    return form.submit("do", value="save", status="*")


def trail(shop, kind):
    with shop.work.read() as uow:
        return list(uow.session.scalars(select(AuditRow.verb).where(AuditRow.object_kind == kind)))


def test_staff_write_publish_and_withdraw(shop, browser, as_client, as_staff):
    staff, ann = as_staff(role="support"), as_client()
    page = write(staff).follow()
    assert "Draft" in page
    assert browser.get("/announcements/two-carriers/", status=404)
    page = form_to(page, "/publish/").submit(status=303).follow()
    shown = browser.get("/announcements/two-carriers/", status=200)
    assert "<em>fast</em>" in shown
    for reader, path in ((browser, "/"), (browser, "/announcements/"), (ann, "/dashboard/")):
        assert "Two carriers" in reader.get(path)
    form_to(page, "/withdraw/").submit(status=303)
    assert browser.get("/announcements/two-carriers/", status=404)
    assert "Two carriers" not in browser.get("/announcements/")
    verbs = ["announcement.add", "announcement.publish", "announcement.withdraw"]
    assert trail(shop, "announcement") == verbs


def test_a_preview_keeps_nothing(shop, as_staff):
    staff = as_staff()
    form = form_to(staff.get(NEW), NEW)
    form["title"], form["body"] = "Soon", "# Racks\n\n<script>alert(1)</script>"
    page = form.submit("do", value="preview", status=200)
    assert "<h2>Racks</h2>" in page
    assert "<script>alert" not in page
    assert form_to(page, NEW)["title"].value == "Soon"
    assert trail(shop, "announcement") == []


def test_what_lies_ahead_is_nowhere_until_then(shop, browser, as_client, as_staff):
    staff, ann = as_staff(), as_client()
    page = write(staff).follow()
    form = form_to(page, "/publish/")
    form["at"] = "2026-03-02 12:00"  # 10:00 UTC; now it is 9:00
    assert "Later" in form.submit(status=303).follow()
    pages = (browser.get("/"), browser.get("/announcements/"), browser.get("/announcements/feed.xml"),
             ann.get("/dashboard/"))  # fmt: skip
    assert not [page for page in pages if "Two carriers" in page.text]
    assert browser.get("/announcements/two-carriers/", status=404)
    shop.work.clock.move_to(MORNING + timedelta(minutes=59))
    assert browser.get("/announcements/two-carriers/", status=404)
    shop.work.clock.move_to(MORNING + timedelta(hours=1))
    assert browser.get("/announcements/two-carriers/", status=200)


@pytest.mark.parametrize(
    "typed", ["2026-03-29 03:30", "2026-02-30 10:00", "soon", "2026-03-01 10:00", "٢٠٢٦-03-05 10:00"]
)
def test_an_instant_that_cannot_be_is_named(as_staff, typed):
    form = form_to(write(as_staff()).follow(), "/publish/")
    form["at"] = typed
    page = form.submit(status=422)
    assert page.html.find(id="at-error")
    assert form_to(page, "/publish/")["at"].value == typed


def test_the_feed_is_atom_and_holds_what_is_public(press, browser):
    press.news("One & <two>", "Signs: \x08 & <b>", MORNING - timedelta(days=2))
    press.news("Newer", at=MORNING - timedelta(days=1))
    press.news("Not yet", draft=True)
    answer = browser.get("/announcements/feed.xml", status=200)
    assert answer.content_type == "application/atom+xml"
    root = ET.fromstring(answer.body)
    assert root.tag == f"{ATOM}feed"
    assert [entry.find(f"{ATOM}title").text for entry in root.iter(f"{ATOM}entry")] == [
        "Newer",
        "One & <two>",
    ]
    assert root.find(f"{ATOM}updated").text == "2026-03-02T09:00:00Z"
    links = [one.find(f"{ATOM}link").get("href") for one in root.iter(f"{ATOM}entry")]
    assert links[0] == "http://shop.example/announcements/newer/"
    assert "Signs:" in list(root.iter(f"{ATOM}content"))[1].text
    icon.cache_clear()
    assert "<path" in icon("rss")  # icons are drawn with the same library; its prefixes are everybody's


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(press, as_staff):
    press.news("Two carriers")
    staff = as_staff()
    page = write(staff, slug="two-carriers")
    assert page.status_int == 422
    assert "has this address already" in page
    assert form_to(page, NEW)["body"].value == "We are *fast* now."
    for slug in ("Two", "a--b", "../x", "-a"):
        assert "single hyphens" in write(staff, slug=slug)
    assert write(staff, title=" ").status_int == write(staff, body=" ").status_int == 422
    assert write(staff).location.endswith("/2/")  # the same title gets an address of its own


def test_a_long_text_is_taken_and_a_longer_one_refused(as_staff):
    staff = as_staff()
    assert write(staff, body="word " * 11_000).status_int == 303
    assert "longer than 60000" in write(staff, title="b", body="x" * 61_000)


def test_hostile_words_are_inert_on_every_page(press, browser, as_staff):
    slug = press.news("<script>1</script>", "<img src=x onerror=alert(1)> [x](javascript:alert(1)) ${1+1}")
    for page in (browser.get("/"), browser.get("/announcements/"), browser.get(f"/announcements/{slug}/"),
                 as_staff().get("/admin/content/announcements/1/")):  # fmt: skip
        assert "<script>1" not in page.text
        assert "<img" not in page.text
        assert 'href="javascript' not in page.text


def test_lists_ask_no_more_when_there_is_more(shop, press, browser, as_staff, count_queries):
    staff = as_staff()
    press.news("First")

    def asked():
        counts = []
        for reader, path in ((browser, "/announcements/"), (browser, "/announcements/feed.xml"),
                             (staff, "/admin/content/announcements/")):  # fmt: skip
            reader.get(path)
            with count_queries(shop.engine) as seen:
                reader.get(path)
            counts.append(len(seen))
        return counts

    few = asked()
    for number in range(12):
        press.news(f"More {number}")
    assert asked() == few


@pytest.mark.parametrize("role", ["billing"])
def test_other_roles_do_not_publish(as_staff, role):
    staff = as_staff(role=role)
    for path in ("announcements", "articles", "network", "downloads", "pages"):
        assert staff.get(f"/admin/content/{path}/", expect_errors=True).status_int == 403
