"""Many tickets at once: each is done by itself, what cannot be is named, and doing it twice is doing it once."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from ezcore.support.tickets import operations as tickets
from ezcore.support.tickets.models import Ticket
from ezcore.support.tickets.operations import NewTicket
from tests.functional.admin.conftest import form_to, token_of, words_of


@pytest.fixture
def three(shop, ordered):
    """Three tickets of Ann, by number."""
    with shop.work.write() as uow:
        return [
            tickets.open_ticket(uow, NewTicket(1, "help", f"Question {n}", "It does not work")).id
            for n in range(3)
        ]


def tick(browser, numbers, do, query=""):
    form = form_to(browser.get(f"/admin/tickets/{query}"), "/admin/bulk/tickets/")
    for box in form.fields["id"]:
        box.checked = int(box._value) in numbers
    form["do"] = do
    return form


def states(shop, column=Ticket.state):
    with shop.work.read() as uow:
        return list(uow.session.scalars(select(column).order_by(Ticket.id)))


def test_ticked_tickets_are_given_to_somebody_and_the_others_are_left(shop, staff, office, three):
    page = tick(staff, three[:2], "assign:me", "?state=open").submit(status=303).follow()
    assert "Assign to: Me: 2 done" in words_of(page)
    assert states(shop, Ticket.assignee_id)[2] is None
    assert None not in states(shop, Ticket.assignee_id)[:2]
    assert len(office.trail("ticket.change")) == 2


def test_after_it_the_list_stands_where_it_stood(staff, three):
    answer = tick(staff, three[:1], "priority:high", "?state=open").submit(status=303)
    assert answer.location.endswith("/admin/tickets/?state=open")


def test_status_priority_and_department_are_set(shop, staff, three):
    for do in ("state:on_hold", "priority:urgent", "department:sales"):
        tick(staff, three, do).submit(status=303)
    assert set(states(shop)) == {"on_hold"}
    assert set(states(shop, Ticket.priority)) == {"urgent"}
    assert len(set(states(shop, Ticket.department_id))) == 1


def test_closing_asks_first_and_names_each(shop, staff, three):
    page = tick(staff, three[:2], "state:closed").submit(status=200)
    assert "Question 0" in words_of(page)
    assert "Question 2" not in words_of(page)
    assert "2 are meant" in words_of(page)
    assert set(states(shop)) == {"open"}
    form_to(page, "/admin/bulk/tickets/").submit(status=303)
    assert states(shop) == ["closed", "closed", "open"]


def test_the_same_form_twice_does_it_once(shop, staff, office, three):
    form = form_to(tick(staff, three, "state:closed").submit(), "/admin/bulk/tickets/")
    form.submit(status=303)
    again = form.submit(status=303).follow()
    assert "0 done, 3 were so already" in words_of(again)
    assert len(office.trail("ticket.close")) == 3


def test_one_that_is_refused_neither_stops_nor_undoes_the_others(shop, staff, three):
    first, second, _ = three
    form = tick(staff, three, "state:on_hold")
    with shop.work.write() as uow:
        uow.session.execute(
            update(Ticket).where(Ticket.id == second).values(merged_into_id=first, state="closed")
        )
    page = form.submit(status=200)
    assert "2 done" in words_of(page)
    assert "1 was refused" in words_of(page)
    assert "Question 1" in words_of(page)
    assert "this ticket was merged into another one" in words_of(page)
    assert states(shop) == ["on_hold", "closed", "on_hold"]


def test_a_defect_at_one_of_them_is_one_line_of_the_answer(shop, staff, three, monkeypatch):
    real = tickets.set_priority

    def broken(uow, ticket, priority):
        if ticket.id == three[0]:
            raise ZeroDivisionError
        real(uow, ticket, priority)

    monkeypatch.setattr(tickets, "set_priority", broken)
    page = tick(staff, three, "priority:low").submit(status=200)
    assert "Something broke here: reference" in words_of(page)
    assert states(shop, Ticket.priority) == ["normal", "low", "low"]


def test_without_rows_or_an_action_it_says_what_to_do(shop, staff, three):
    for numbers, do in (([], "priority:low"), (three, "")):
        page = tick(staff, numbers, do).submit(status=303).follow()
        assert "Tick at least one row" in words_of(page)
    assert set(states(shop, Ticket.priority)) == {"normal"}


def test_more_than_a_hundred_rows_and_unknown_actions_are_refused(shop, staff, three):
    body = [("csrf_token", token_of(staff)), ("do", "priority:low")]
    staff.post("/admin/bulk/tickets/", [*body, *(("id", str(n)) for n in range(1, 102))], status=422)
    for do in ("priority:zzz", "assign:9999", "erase", "state:"):
        staff.post("/admin/bulk/tickets/", [body[0], ("do", do), ("id", str(three[0]))], status=422)
    staff.post("/admin/bulk/tickets/", [*body, ("id", "0x1")], status=422)
    assert set(states(shop, Ticket.priority)) == {"normal"}


def test_a_ticket_that_is_gone_is_named_by_its_number(staff, three):
    body = [("csrf_token", token_of(staff)), ("do", "priority:low"), ("id", "987654")]
    page = staff.post("/admin/bulk/tickets/", body, status=200)
    assert "#987654" in words_of(page)
    assert "There is no such ticket" in words_of(page)


def test_who_may_not_work_on_tickets_has_no_door(as_staff, three):
    billing = as_staff(email="b@staff.example", role="billing")
    body = [("csrf_token", token_of(billing)), ("do", "priority:low"), ("id", str(three[0]))]
    billing.post("/admin/bulk/tickets/", body, status=403)


def test_the_way_back_is_only_a_query_of_the_list(staff, three):
    body = [("csrf_token", token_of(staff)), ("do", "priority:low"), ("id", str(three[0]))]
    answer = staff.post("/admin/bulk/tickets/", [*body, ("back", "//evil.example/?a=1\r\nX: y")], status=303)
    assert answer.location.startswith("http://shop.example/admin/tickets/")
    assert "X" not in answer.headers
