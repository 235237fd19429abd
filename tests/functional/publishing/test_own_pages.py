"""Terms, privacy and about in versions: what was accepted can be read again, what is a draft by nobody."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from ezcore.publishing.pages import operations as pages
from ezcore.publishing.pages.models import PageName, PageVersion, TermsAcceptance
from tests.fixtures_shop import order, put_in_cart
from tests.functional.publishing.conftest import form_to


def write(staff, name="terms", body="You *pay*.", title="Our terms"):
    form = form_to(staff.get(f"/admin/content/pages/{name}/"), f"/{name}/")
    form["title"], form["body"] = title, body
    return form.submit("do", value="save", status=303).follow()


def publish(staff, name="terms", body="You *pay*."):
    form_to(write(staff, name, body), "/publish/").submit(status=303)


@pytest.mark.parametrize("name", ["terms", "privacy", "about"])
def test_a_page_is_drafted_published_and_withdrawn(browser, as_staff, name):
    staff = as_staff(role="support")
    assert browser.get(f"/{name}/", status=200)
    page = write(staff, name)
    assert "<em>pay</em>" in page
    assert "<em>pay</em>" not in browser.get(f"/{name}/")
    form_to(page, "/publish/").submit(status=303)
    assert "<em>pay</em>" in browser.get(f"/{name}/")
    form_to(staff.get("/admin/content/pages/"), "/withdraw/").submit(status=303)
    assert "<em>pay</em>" not in browser.get(f"/{name}/")


def test_every_version_stays_as_it_was_published(shop, browser, as_staff):
    staff = as_staff()
    publish(staff, body="First words.")
    publish(staff, body="Second words.")
    assert "Second words." in browser.get("/terms/")
    old = browser.get("/terms/1/")
    assert "First words." in old
    assert "counts no more" in old
    write(staff, body="Third words.")
    write(staff, body="Third words, better.")
    assert browser.get("/terms/3/", expect_errors=True).status_int == 404
    assert browser.get("/privacy/1/", expect_errors=True).status_int == 404
    with shop.work.read() as uow:
        numbers = list(uow.session.scalars(select(PageVersion.number).order_by(PageVersion.number)))
    assert numbers == [1, 2, 3]
    form_to(staff.get("/admin/content/pages/"), "/versions/2/withdraw/").submit(status=303)
    assert "First words." in browser.get("/terms/")


def test_an_order_keeps_which_terms_were_accepted(shop, as_client, as_staff):
    staff, ann = as_staff(), as_client()
    before = order(ann)
    publish(staff)
    number = order(ann)
    with shop.work.read() as uow:
        [kept] = uow.session.scalars(select(TermsAcceptance)).all()
        assert (kept.order_id, kept.client_id, kept.ip) == (number, 1, "192.0.2.7")
        assert kept.user_id is not None
        assert uow.session.get_one(PageVersion, kept.version_id).number == 1
    assert "/terms/1/" in staff.get(f"/admin/orders/{number}/")
    assert "/terms/1/" not in staff.get(f"/admin/orders/{before}/")


def test_terms_that_change_under_ones_hands_are_shown_before_they_are_accepted(shop, as_client, as_staff):
    staff, ann = as_staff(), as_client()
    publish(staff)
    put_in_cart(ann)
    form = ann.get("/billing/checkout/review/").forms["review"]
    assert "/terms/" in form.text
    form["terms"] = True
    publish(staff, body="You pay twice.")
    answer = form.submit(status=409)
    again = answer.forms["review"]
    again["terms"] = True
    again.submit(status=303)
    with shop.work.read() as uow:
        [kept] = uow.session.scalars(select(TermsAcceptance)).all()
        assert uow.session.get_one(PageVersion, kept.version_id).number == 2


def test_other_names_are_no_pages(as_staff):
    staff = as_staff()
    assert staff.get("/admin/content/pages/cookies/", expect_errors=True).status_int == 404
    assert "Write something" in _saved(staff, "")
    assert "longer than 60000" in _saved(staff, "x" * 60_500)


def _saved(staff, body):
    form = form_to(staff.get("/admin/content/pages/terms/"), "/terms/")
    form["title"], form["body"] = "Terms", body
    return form.submit("do", value="save", status=422)


def test_footer_and_checkout_lead_there(browser, shop):
    with shop.work.write() as uow:
        pages.publish(uow, pages.save_draft(uow, PageName.PRIVACY, "Privacy", "Little."))
    links = {one["href"] for one in browser.get("/").html.select("footer a")}
    assert {
        "/terms/",
        "/privacy/",
        "/about/",
        "/help/",
        "/status/",
        "/announcements/",
        "/downloads/",
    } <= links
