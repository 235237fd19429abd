"""What staff do with whole tickets: departments, watchers, merging, splitting, giving, ratings, and those that wait."""

from __future__ import annotations

import shutil
from datetime import timedelta

import pytest
from sqlalchemy import select

from ezcore.accounts import operations as accounts
from ezcore.accounts.models import Client
from ezcore.kernel.actor import Actor
from ezcore.kernel.errors import InvalidInput, NotAllowed, NotFound, Refused
from ezcore.messaging.models import Mail
from ezcore.plugin_host.core_door import plugin_actor
from ezcore.services.services.events import ActionDone
from ezcore.support.attachments import queries as attachments
from ezcore.support.attachments.models import TicketFile
from ezcore.support.attachments.rules import Upload
from ezcore.support.replies import operations as replies
from ezcore.support.tickets import departments, moving, queries, waiting, watching
from ezcore.support.tickets import operations as tickets
from ezcore.support.tickets.departments import Facts
from ezcore.support.tickets.models import Priority, Ticket, TicketMessage, TicketState
from ezcore.support.tickets.plugin_door import PluginDesk
from tests.fixtures_trade import open_trade
from tests.unit.support.tickets.test_tickets import act, give_up, open_one, read

OWNER = frozenset({"support.manage", "settings.manage"})


def staff(trade, email="kadri@staff.example", name="Kadri"):
    with trade.work.write() as uow:
        user = accounts.make_staff(uow, email, name, "quiet lake heron 42", "owner")
        return Actor("staff", user_id=user.id, permissions=OWNER, name=name)


def told(trade, template):
    trade.settle()
    with trade.work.read() as uow:
        found = select(Mail).where(Mail.template == template).order_by(Mail.id)
        return [mail.recipient for mail in uow.session.scalars(found)]


def department(trade, actor, **facts):
    with trade.work.write(actor) as uow:
        found = queries.department(uow, "help")
        departments.change(uow, found, Facts(**{"name": "Help"} | facts))


def reference(trade, ticket):
    return read(trade, ticket).ticket.reference


def test_a_department_says_who_is_told_and_how_urgent_its_tickets_begin(trade):
    kadri, jonas = staff(trade), staff(trade, "jonas@staff.example", "Jonas")
    department(trade, kadri, priority=Priority.HIGH, members=[kadri.user_id], email="Help@Shop.example")
    ann = trade.newcomer()
    ticket = open_one(trade, ann)
    found = read(trade, ticket)
    assert (found.ticket.priority, found.department.email) == ("high", "help@shop.example")
    assert told(trade, "ticket_new") == ["kadri@staff.example"]
    act(trade, jonas, tickets.assign, ticket, jonas.user_id)
    act(trade, ann, tickets.reply, ticket, "And?")
    assert told(trade, "ticket_replied") == ["jonas@staff.example"]


@pytest.mark.parametrize(
    ("facts", "field"),
    [({"name": " "}, "name"), ({"email": "nobody"}, "email"), ({"members": [999]}, "members")],
)
def test_a_department_is_refused_at_the_field_that_is_wrong(trade, facts, field):
    kadri = staff(trade)
    with pytest.raises(InvalidInput) as refused:
        department(trade, kadri, **facts)
    assert refused.value.field == field
    with pytest.raises(NotAllowed):
        department(trade, Actor("staff", permissions=frozenset({"support.manage"})))


def test_two_departments_cannot_share_an_address(trade):
    kadri = staff(trade)
    department(trade, kadri, email="desk@shop.example")
    with trade.work.write(kadri) as uow, pytest.raises(InvalidInput) as refused:
        departments.change(
            uow, queries.department(uow, "billing"), Facts("Billing", email="DESK@shop.example")
        )
    assert refused.value.field == "email"


def test_watchers_and_copies_are_told_and_copies_never_see_notes(trade):
    ann, kadri = trade.newcomer(), staff(trade)
    ticket = open_one(trade, ann)
    act(trade, kadri, watching.watch, ticket)
    act(trade, kadri, watching.watch, ticket)
    act(trade, kadri, watching.add_copy, ticket, "Agency@client.example")
    act(trade, ann, tickets.reply, ticket, "more")
    act(trade, kadri, tickets.note, ticket, "secret")
    act(trade, kadri, tickets.reply, ticket, "done")
    assert told(trade, "ticket_replied") == ["kadri@staff.example"]
    assert told(trade, "ticket_copy") == ["agency@client.example"]
    act(trade, kadri, watching.unwatch, ticket)
    act(trade, kadri, watching.drop_copy, ticket, "agency@client.example")
    act(trade, ann, tickets.reply, ticket, "again")
    act(trade, kadri, tickets.reply, ticket, "again")
    assert told(trade, "ticket_replied") == ["kadri@staff.example"]
    assert told(trade, "ticket_copy") == ["agency@client.example"]
    with pytest.raises(InvalidInput):
        act(trade, kadri, watching.add_copy, ticket, "a@b\nBcc: x@y.example")
    with pytest.raises(NotAllowed):
        act(trade, ann, watching.add_copy, ticket, "a@b.example")


def test_who_answers_is_seen_by_the_others_for_a_quarter_of_an_hour(trade):
    ann, kadri, jonas = trade.newcomer(), staff(trade), staff(trade, "jonas@staff.example", "Jonas")
    ticket = open_one(trade, ann)
    act(trade, kadri, watching.claim, ticket)
    trade.clock.advance(timedelta(minutes=2))
    now = act(trade, jonas, watching.answering, ticket)
    assert (now.name, now.minutes) == ("Kadri", 2)
    with pytest.raises(Refused, match="Kadri is answering, since 2 min"):
        act(trade, jonas, watching.claim, ticket)
    trade.clock.advance(timedelta(minutes=14))
    act(trade, jonas, watching.claim, ticket)
    act(trade, jonas, tickets.reply, ticket, "done")
    assert act(trade, kadri, watching.answering, ticket) is None


def test_an_answer_to_what_has_changed_meanwhile_is_held_back(trade):
    ann, kadri = trade.newcomer(), staff(trade)
    ticket = open_one(trade, ann)
    seen = read(trade, ticket).messages[-1].id
    act(trade, kadri, watching.check_seen, ticket, seen)
    act(trade, ann, tickets.reply, ticket, "It works again")
    with pytest.raises(InvalidInput, match="wrote meanwhile") as held:
        act(trade, kadri, watching.check_seen, ticket, seen)
    assert held.value.field == "message"


def test_merging_loses_nothing_said_and_moves_files_links_and_copies(each_trade):
    trade = each_trade
    ann, kadri = trade.newcomer(), staff(trade)
    invoice = trade.order(ann)
    first = open_one(trade, ann, message="one", links=[("invoice", invoice)])
    trade.clock.advance(timedelta(minutes=1))
    second = open_one(trade, ann, message="two", files=[Upload("a.txt", b"a")], links=[("invoice", invoice)])
    trade.clock.advance(timedelta(minutes=1))
    act(trade, ann, tickets.reply, first, "three")
    act(trade, kadri, watching.add_copy, second, "x@client.example")
    act(trade, kadri, moving.merge, second, reference(trade, first))
    whole = read(trade, first, with_notes=True)
    assert [m.body for m in whole.messages] == ["one", "two", "three"]
    assert len(whole.links) == 1
    gone = read(trade, second, with_notes=True)
    assert (gone.messages, gone.ticket.state, gone.ticket.merged_into_id) == ([], "closed", first)
    with trade.work.read() as uow:
        file = uow.session.scalars(select(TicketFile)).one()
        kept, away = (uow.session.get_one(Ticket, one) for one in (first, second))
        assert attachments.of_ticket(uow, kept, file.id, with_notes=False).name == "a.txt"
        with pytest.raises(NotFound):
            attachments.of_ticket(uow, away, file.id, with_notes=True)
        assert watching.copies(uow, kept) == ["x@client.example"]
    with pytest.raises(Refused, match="merged"):
        act(trade, ann, tickets.reply, second, "hello?")


def test_what_the_system_has_to_say_goes_on_in_the_ticket_that_was_merged_into(trade):
    trade.active_service()
    kadri = staff(trade)
    job = give_up(trade)
    with trade.work.read() as uow:
        automatic = uow.session.scalars(select(Ticket)).one()
    ann = Actor("client", None, automatic.client_id, frozenset({"client.support"}), "Ann")
    mine = open_one(trade, ann)
    act(trade, kadri, moving.merge, automatic.id, reference(trade, mine))
    with pytest.raises(Refused):
        act(trade, kadri, tickets.set_status, automatic.id, TicketState.OPEN)
    with trade.work.write() as uow:
        uow.emit(ActionDone(1, job.client_id, "create", job.key))
    found = read(trade, mine)
    assert "This is done now" in found.messages[-1].body
    assert found.ticket.state != "closed"
    assert read(trade, automatic.id).messages == []
    desk, meter = PluginDesk(trade.work), plugin_actor("meter")
    spoken = desk.open(meter, ann.client_id, "Disk is full", "97 %", "disk:7")
    with trade.work.read() as uow:
        plugins = queries.by_reference(uow, spoken).id
    act(trade, kadri, moving.merge, plugins, reference(trade, mine))
    desk.reply(meter, spoken, "98 %")
    assert read(trade, mine).messages[-1].body == "98 %"


def test_only_two_live_tickets_of_one_client_can_be_merged(trade):
    ann, ben, kadri = trade.newcomer(), trade.newcomer("Ben"), staff(trade)
    mine, also, his = open_one(trade, ann), open_one(trade, ann), open_one(trade, ben)
    for target in (reference(trade, mine), reference(trade, his), "T-2026-999999", ""):
        with pytest.raises(InvalidInput) as refused:
            act(trade, kadri, moving.merge, mine, target)
        assert refused.value.field == "into"
    with pytest.raises(NotAllowed):
        act(trade, ann, moving.merge, mine, reference(trade, also))
    act(trade, kadri, moving.merge, mine, reference(trade, also))
    with pytest.raises(InvalidInput):
        act(trade, kadri, moving.merge, also, reference(trade, mine))


def test_splitting_takes_the_chosen_messages_with_their_files(trade):
    ann, kadri = trade.newcomer(), staff(trade)
    ticket = open_one(trade, ann)
    line = act(trade, ann, tickets.reply, ticket, "Also, my invoice", [Upload("b.txt", b"b")]).id
    first = read(trade, ticket).messages[0].id
    made = act(trade, kadri, moving.split, ticket, [line], "Invoice").id
    assert [m.body for m in read(trade, ticket).messages] == ["Since noon."]
    assert [m.body for m in read(trade, made).messages] == ["Also, my invoice"]
    with trade.work.read() as uow:
        assert uow.session.scalars(select(TicketFile)).one().ticket_id == made
    with pytest.raises(Refused):
        act(trade, kadri, moving.split, ticket, [first], "All of it")
    with pytest.raises(NotFound):
        act(trade, kadri, moving.split, ticket, [line], "Not in it")
    with pytest.raises(InvalidInput):
        act(trade, kadri, moving.split, ticket, [], "Nothing")


def test_a_ticket_given_to_another_client_takes_nothing_of_the_first_along(trade):
    ann, ben, kadri = trade.newcomer(), trade.newcomer("Ben"), staff(trade)
    invoice = trade.order(ann)
    ticket = open_one(trade, ann, links=[("invoice", invoice)])
    act(trade, kadri, watching.add_copy, ticket, "agency@ann.example")
    with trade.work.write(kadri) as uow:
        found = uow.session.get_one(Ticket, ticket)
        moving.give_to(uow, found, uow.session.get_one(Client, ben.client_id))
    assert read(trade, ticket).links == []
    with trade.work.read() as uow:
        assert watching.copies(uow, uow.session.get_one(Ticket, ticket)) == []
    with pytest.raises(NotFound):
        act(trade, ann, tickets.reply, ticket, "mine?")
    act(trade, ben, tickets.reply, ticket, "mine")


def test_a_client_rates_a_closed_ticket_of_their_own_and_may_think_again(trade):
    ann, ben = trade.newcomer(), trade.newcomer("Ben")
    ticket = open_one(trade, ann)
    with pytest.raises(Refused):
        act(trade, ann, tickets.rate, ticket, 5)
    act(trade, ann, tickets.close, ticket)
    with pytest.raises(NotFound):
        act(trade, ben, tickets.rate, ticket, 1)
    with pytest.raises(InvalidInput):
        act(trade, ann, tickets.rate, ticket, 6)
    with pytest.raises(NotAllowed):
        act(trade, staff(trade), tickets.rate, ticket, 5)
    act(trade, ann, tickets.rate, ticket, 2, "slow")
    act(trade, ann, tickets.rate, ticket, 4, "slow but good")
    assert (read(trade, ticket).ticket.rating, read(trade, ticket).ticket.rating_note) == (4, "slow but good")


def test_canned_replies_fill_in_their_places_once_and_never_read_what_a_client_typed(trade):
    ann, kadri = trade.newcomer(), staff(trade)
    ticket = open_one(trade, ann, subject="{{ shop }} {{ staff }}")
    with trade.work.write(kadri) as uow:
        made = replies.add(
            uow, "Hello", "Dear {{ name }},\nabout {{ subject }} ({{reference}}).\n{{ staff }}"
        )
        text = replies.printed(uow, made, uow.session.get_one(Ticket, ticket))
    assert text == f"Dear Ann,\nabout {{{{ shop }}}} {{{{ staff }}}} ({reference(trade, ticket)}).\nKadri"
    for title, body, field in (
        ("Hello", "x", "title"), (" ", "x", "title"), ("New", "", "body"), ("New", "{{ password }}", "body"),
        ("New", "{{ name", "body"), ("New", "{% if x %}{{ 1+1 }}", "body"),
    ):  # fmt: skip
        with trade.work.write(kadri) as uow, pytest.raises(InvalidInput) as refused:
            replies.add(uow, title, body)
        assert refused.value.field == field
    with trade.work.write(ann) as uow, pytest.raises(NotAllowed):
        replies.add(uow, "Mine", "x")


@pytest.fixture
def waiting_trade(migrated_sqlite, tmp_path):
    path = tmp_path / "waiting.sqlite3"
    shutil.copy(migrated_sqlite, path)
    settings = {"support__close_after_days": "7", "support__escalate_after_hours": "4"}
    yield from open_trade(f"sqlite:///{path}", tmp_path, **settings)


def test_silent_clients_tickets_are_closed_with_a_word_and_an_answer_opens_them_again(waiting_trade):
    trade = waiting_trade
    ann, kadri = trade.newcomer(), staff(trade)
    answered, fresh = open_one(trade, ann), open_one(trade, ann)
    act(trade, kadri, tickets.reply, answered, "Try again")
    trade.later(6)
    assert trade.run("tickets_close").lines == []
    act(trade, kadri, tickets.reply, fresh, "Just now")
    trade.later(2)
    before = reference(trade, answered)
    assert trade.run("tickets_close", preview=True).lines == [f"would close ticket {before}"]
    assert read(trade, answered).ticket.state == "answered"
    assert trade.run("tickets_close").lines == [f"ticket {before} closed"]
    assert trade.run("tickets_close").lines == []
    found = read(trade, answered)
    assert (found.ticket.state, read(trade, fresh).ticket.state) == ("closed", "answered")
    assert "just answer" in found.messages[-1].body
    act(trade, ann, tickets.reply, answered, "Still broken")
    assert read(trade, answered).ticket.state == "customer_reply"


def test_tickets_that_wait_for_us_are_raised_once_per_wait_and_staff_are_told(waiting_trade):
    trade = waiting_trade
    ann, kadri = trade.newcomer(), staff(trade)
    department(trade, kadri, members=[kadri.user_id])
    ticket, done = open_one(trade, ann), open_one(trade, ann)
    act(trade, kadri, tickets.reply, done, "Answered")
    trade.clock.advance(timedelta(hours=5))
    number = reference(trade, ticket)
    assert trade.run("tickets_escalate", preview=True).lines == [f"would raise ticket {number}"]
    assert trade.run("tickets_escalate").lines == [f"ticket {number} raised"]
    assert trade.run("tickets_escalate").lines == []
    assert read(trade, ticket).ticket.priority == "high"
    assert told(trade, "ticket_waits") == ["kadri@staff.example"]
    trade.clock.advance(timedelta(hours=5))
    trade.run("tickets_escalate")
    trade.clock.advance(timedelta(hours=5))
    trade.run("tickets_escalate")
    assert read(trade, ticket).ticket.priority == "urgent"
    assert read(trade, done).ticket.priority == "normal"


def test_somebody_who_writes_while_the_run_goes_on_keeps_the_ticket_open(waiting_trade):
    trade = waiting_trade
    ann, kadri = trade.newcomer(), staff(trade)
    ticket = open_one(trade, ann)
    act(trade, kadri, tickets.reply, ticket, "Try again")
    trade.later(8)
    act(trade, ann, tickets.reply, ticket, "Wait!")
    with trade.work.write() as uow:
        assert waiting.close_silent(uow, ticket) is None
    assert read(trade, ticket).ticket.state == "customer_reply"


def test_without_the_settings_nothing_is_closed_or_raised(trade):
    ann, kadri = trade.newcomer(), staff(trade)
    ticket = open_one(trade, ann)
    act(trade, kadri, tickets.reply, ticket, "?")
    open_one(trade, ann)
    trade.later(400)
    assert trade.run("tickets_close").lines == trade.run("tickets_escalate").lines == []
    with trade.work.read() as uow:
        assert len(uow.session.scalars(select(TicketMessage)).all()) == 3
