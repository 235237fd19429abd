"""Saved views: a list's query under a name, alone or shared, opened by the list's own filters."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from ezcore.saved_views.models import FirstView, SavedView
from ezcore.support.tickets import operations as tickets
from ezcore.support.tickets.models import Priority, Ticket
from ezcore.support.tickets.operations import NewTicket
from tests.functional.admin.conftest import form_to, words_of


def keep(browser, name="Held", path="/admin/orders/?status=held", **boxes):
    page = browser.get(path).click("Save this view")
    form = form_to(page, "/admin/views/new/")
    form["name"] = name
    for box, ticked in boxes.items():
        form[box].checked = ticked
    return form


def saved(shop):
    with shop.work.read() as uow:
        return [
            (v.name, v.query, v.shared) for v in uow.session.scalars(select(SavedView).order_by(SavedView.id))
        ]


def strip(page):
    return [a.get_text(strip=True) for a in page.html.select(".views nav a")]


@pytest.fixture
def colleague(as_staff):
    return as_staff(email="tiit@staff.example", role="support")


def test_a_query_is_saved_under_a_name_and_stands_above_its_list(shop, staff, ordered):
    page = keep(staff).submit(status=303).follow()
    assert saved(shop) == [("Held", "status=held", False)]
    assert "No order was placed yet" in words_of(page), "nothing is held"
    assert strip(page) == ["Held"]
    assert page.html.select_one(".views nav a")["aria-current"] == "page"
    assert strip(staff.get("/admin/orders/")) == ["Held"]
    assert strip(staff.get("/admin/services/")) == []


def test_saved_twice_it_is_one_view_and_the_second_query_counts(shop, staff, ordered):
    form = keep(staff)
    form.submit(status=303)
    form.submit(status=303)
    keep(staff, path="/admin/orders/?status=pending").submit(status=303)
    assert saved(shop) == [("Held", "status=pending", False)]


def test_the_page_of_a_long_list_is_not_part_of_a_view(shop, staff, ordered):
    keep(staff, path="/admin/orders/?status=held&page=3").submit(status=303)
    assert saved(shop)[0][1] == "status=held"


def test_a_private_view_is_seen_by_nobody_else(staff, colleague, ordered):
    keep(staff).submit(status=303)
    assert strip(colleague.get("/admin/orders/")) == []
    assert "Held" not in words_of(colleague.get("/admin/views/"))
    colleague.get("/admin/views/1/", status=404)


def test_a_shared_view_is_seen_by_all_and_changed_by_its_owner(shop, staff, colleague, ordered):
    keep(colleague, shared=True).submit(status=303)
    assert strip(staff.get("/admin/orders/")) == ["Held"]
    assert "All staff, Kadri" in words_of(staff.get("/admin/views/"))
    form = form_to(staff.get("/admin/views/1/"), "/admin/views/1/")
    form["name"] = "On hold"  # the owner of the shop tidies up
    form.submit(status=303)
    assert saved(shop)[0][0] == "On hold"


def test_a_colleagues_shared_view_is_not_changed_without_the_right(staff, colleague, ordered):
    keep(staff, shared=True).submit(status=303)
    page = colleague.get("/admin/views/1/")
    assert not [form for form in page.forms.values() if form.action.endswith(("/views/1/", "/delete/"))]
    token = form_to(page, "/first/")["csrf_token"].value
    body = {"csrf_token": token, "name": "Mine now"}
    colleague.post("/admin/views/1/", body, status=403)
    colleague.post("/admin/views/1/delete/", body, status=403)


def test_a_list_begins_with_the_view_that_one_chose_and_everything_is_a_link_away(
    shop, staff, colleague, ordered
):
    keep(staff, shared=True, first=True).submit(status=303)
    answer = staff.get("/admin/orders/", status=303)
    assert answer.location.endswith("/admin/orders/?status=held&view=1")
    page = answer.follow().click("All", href="view=all")
    assert "Order 1" in words_of(page)
    assert colleague.get("/admin/orders/", status=200), "theirs begins as before"
    form_to(staff.get("/admin/views/1/"), "/first/").submit(status=303)
    staff.get("/admin/orders/", status=200)


def test_a_list_of_a_deleted_view_shows_everything_again(shop, staff, ordered):
    keep(staff, first=True).submit(status=303)
    form_to(staff.get("/admin/views/1/"), "/delete/").submit(status=303)
    assert saved(shop) == []
    assert "Order 1" in words_of(staff.get("/admin/orders/", status=200))
    with shop.work.read() as uow:
        assert uow.session.scalars(select(FirstView)).all() == []


def test_others_begin_with_everything_again_when_it_is_shared_no_more(shop, staff, colleague, ordered):
    keep(staff, shared=True).submit(status=303)
    form_to(colleague.get("/admin/views/1/"), "/first/").submit(status=303)
    colleague.get("/admin/orders/", status=303)
    form = form_to(staff.get("/admin/views/1/"), "/admin/views/1/")
    form["shared"].checked = False
    form.submit(status=303)
    colleague.get("/admin/orders/", status=200)


@pytest.mark.parametrize(
    ("path", "query", "named"),
    [
        ("/admin/orders/", "status=dreamt&colour=red", ("status=dreamt", "colour=red")),
        ("/admin/clients/", "sort=-shoe&owes=yes", ("sort=-shoe",)),
        ("/admin/audit/", "object=unicorn", ("object=unicorn",)),
        ("/admin/invoices/", "status=overdue&soon=1", ()),
    ],
)
def test_a_filter_that_is_no_more_is_named_and_nothing_breaks(shop, staff, ordered, path, query, named):
    keep(staff, path="/admin/orders/?status=held").submit(status=303)
    with shop.work.write() as uow:
        uow.session.execute(update(SavedView).values(query=query, place=f"admin.{path.split('/')[2]}"))
    page = staff.get(path).click("Held")
    words = words_of(page)
    assert ("does not know any more" in words) == bool(named)
    assert [one for one in named if one not in words] == []


def test_a_state_that_no_row_has_is_still_a_filter(staff, ordered):
    page = staff.get("/admin/orders/?status=fraud&view=1")
    assert "Order 1" not in words_of(page)
    assert "does not know any more" not in words_of(page)


def test_names_are_asked_for_and_nothing_typed_is_lost(shop, staff, ordered):
    form = keep(staff, "  ", shared=True)
    page = form.submit(status=422)
    assert page.html.select_one("#name")["aria-invalid"] == "true"
    assert form_to(page, "/views/new/")["shared"].checked
    page = keep(staff, "n" * 61).submit(status=422)
    assert "up to 60 characters" in words_of(page)
    bare = form_to(staff.get("/admin/views/new/?place=admin.orders&query="), "/views/new/")
    bare["name"] = "Nothing"
    assert "Choose a filter or an order first" in words_of(bare.submit(status=422))
    assert saved(shop) == []


def test_a_name_is_text_and_never_markup(staff, ordered):
    page = keep(staff, "<b>Held</b>").submit(status=303).follow()
    assert strip(page) == ["<b>Held</b>"]


def test_lists_that_one_may_not_open_have_no_views_for_one(as_staff, staff, ordered):
    billing = as_staff(email="b@staff.example", role="billing")
    keep(staff, "Mine now", "/admin/tickets/?mine=1", shared=True).submit(status=303)
    assert "Mine now" not in words_of(billing.get("/admin/views/"))
    billing.get("/admin/views/new/?place=admin.tickets&query=mine%3D1", status=404)
    for place in ("admin.order", "nothing", "dashboard"):
        staff.get("/admin/views/new/", {"place": place, "query": "a=b"}, status=404)
    assert staff.get("/admin/views/new/", status=303).location.endswith("/admin/views/")


def test_twenty_views_of_a_list_are_enough(shop, staff, ordered):
    for n in range(20):
        keep(staff, f"View {n}").submit(status=303)
    assert "You keep 20 views" in words_of(keep(staff, "One more").submit(status=422))
    keep(staff, "View 3", "/admin/orders/?status=pending").submit(status=303)
    assert len(saved(shop)) == 20


def test_tickets_come_with_views_of_their_own(shop, staff, ordered):
    with shop.work.write() as uow:
        for n, state in enumerate(("open", "answered", "closed", "customer_reply")):
            made = tickets.open_ticket(uow, NewTicket(1, "help", f"Ticket {n}", "Please", Priority.LOW))
            made.state = state
        uow.session.flush()
        uow.session.execute(update(Ticket).where(Ticket.subject == "Ticket 0").values(assignee_id=None))
    page = staff.get("/admin/tickets/")
    assert strip(page)[:3] == ["Mine", "Unassigned", "Waiting for us"]

    def shown(view):
        return [n for n in range(4) if f"Ticket {n}" in words_of(page.click(view))]

    assert (shown("Mine"), shown("Unassigned"), shown("Waiting for us")) == ([], [0, 1, 3], [0, 3])


def test_what_is_due_within_a_week_is_a_view_of_invoices(staff, ordered):
    page = staff.get("/admin/invoices/").click("Due within a week")
    assert "2026-00001" in words_of(page)


def test_saving_and_changing_stands_in_the_audit_log(staff, ordered, office):
    keep(staff).submit(status=303)
    form_to(staff.get("/admin/views/1/"), "/delete/").submit(status=303)
    assert (len(office.trail("view.save")), len(office.trail("view.delete"))) == (1, 1)
