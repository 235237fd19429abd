"""A ticket is a conversation: whose turn it is, who may read it, and what it is about."""

from __future__ import annotations

from itertools import pairwise

import pytest
from sqlalchemy import func, select

from ezcore.jobs.events import JobGivenUp
from ezcore.jobs.models import Job
from ezcore.kernel.actor import Actor
from ezcore.kernel.errors import InvalidInput, NotAllowed, NotFound, Refused
from ezcore.messaging.models import Mail
from ezcore.plugin_host.core_door import plugin_actor
from ezcore.services.services.events import ActionDone
from ezcore.support.tickets import operations as tickets
from ezcore.support.tickets import queries
from ezcore.support.tickets.models import Priority, Ticket, TicketMessage, TicketState
from ezcore.support.tickets.operations import NewTicket
from ezcore.support.tickets.plugin_door import PluginDesk

STAFF = Actor("staff", permissions=frozenset({"support.manage"}), name="Kadri")


def open_one(trade, actor, **other):
    facts = {"department": "help", "subject": "My site is slow", "message": "Since noon."} | other
    with trade.work.write(actor) as uow:
        return tickets.open_ticket(uow, NewTicket(actor.client_id, **facts)).id


def act(trade, actor, verb, ticket, *more):
    with trade.work.write(actor) as uow:
        return verb(uow, uow.session.get_one(Ticket, ticket), *more)


def read(trade, ticket, *, with_notes=False):
    with trade.work.read() as uow:
        return queries.conversation(uow, uow.session.get_one(Ticket, ticket), with_notes=with_notes)


def mails(trade):
    trade.settle()
    with trade.work.read() as uow:
        return [mail.template for mail in uow.session.scalars(select(Mail).order_by(Mail.id))]


def test_the_state_says_whose_turn_it_is(trade):
    ann = trade.newcomer()
    ticket = open_one(trade, ann)
    states = [read(trade, ticket).ticket.state]
    for actor, verb, *more in (
        (STAFF, tickets.reply, "We look."),
        (ann, tickets.reply, "Thank you."),
        (STAFF, tickets.set_status, TicketState.ON_HOLD),
        (STAFF, tickets.close),
        (ann, tickets.reply, "Again!"),
    ):
        act(trade, actor, verb, ticket, *more)
        states.append(read(trade, ticket).ticket.state)
    assert states == ["open", "answered", "customer_reply", "on_hold", "closed", "customer_reply"]
    assert read(trade, ticket).ticket.closed_at is None
    assert mails(trade)[-2:] == ["ticket_received", "ticket_answered"]


def test_a_note_is_read_by_staff_only_and_is_no_answer(trade):
    ann = trade.newcomer()
    ticket = open_one(trade, ann)
    act(trade, STAFF, tickets.note, ticket, "He owes us money.")
    assert [m.body for m in read(trade, ticket).messages] == ["Since noon."]
    assert len(read(trade, ticket, with_notes=True).messages) == 2
    assert read(trade, ticket).ticket.state == "open"
    assert "ticket_answered" not in mails(trade)
    with pytest.raises(NotAllowed):
        act(trade, ann, tickets.note, ticket, "me too")


def test_B074_another_clients_ticket_and_things_are_not_there(trade):
    ann, ben = trade.newcomer(), trade.newcomer("Ben")
    ticket = open_one(trade, ann)
    with trade.work.read() as uow, pytest.raises(NotFound):
        queries.by_reference(uow, uow.session.get_one(Ticket, ticket).reference, ben.client_id)
    with pytest.raises(NotFound):
        act(trade, ben, tickets.reply, ticket, "hello")
    invoice = trade.order(ann)
    with pytest.raises(NotFound):
        open_one(trade, ben, links=[("invoice", invoice)])
    open_one(trade, ann, links=[("invoice", invoice)])


def test_references_cannot_be_counted_and_never_meet(trade):
    ann = trade.newcomer()
    numbers = []
    for _ in range(30):
        ticket = open_one(trade, ann)
        numbers.append(read(trade, ticket).ticket.reference)
    assert len(set(numbers)) == 30
    last = [int(number.rpartition("-")[2]) for number in numbers]
    assert any(later < earlier for earlier, later in pairwise(last))
    assert all(number.startswith("T-2027-") and len(number) == 13 for number in numbers)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"subject": "  "}, "subject"), ({"subject": "x" * 201}, "subject"), ({"message": "\n \r\n"}, "message"),
        ({"message": "x" * 20_001}, "message"), ({"department": "nobody"}, "department"),
        ({"links": [("server", 1)]}, "about"),
    ],
)  # fmt: skip
def test_bad_input_is_refused_at_its_field(trade, facts, field):
    with pytest.raises(InvalidInput) as refused:
        open_one(trade, trade.newcomer(), **facts)
    assert refused.value.field == field


def test_only_staff_with_the_permission_handle_tickets(trade):
    ann = trade.newcomer()
    ticket = open_one(trade, ann)
    for verb, *more in (
        (tickets.assign, None), (tickets.set_priority, Priority.URGENT), (tickets.move_to_department, "billing"),
        (tickets.set_status, TicketState.ON_HOLD),
    ):  # fmt: skip
        with pytest.raises(NotAllowed):
            act(trade, ann, verb, ticket, *more)
    act(trade, STAFF, tickets.set_priority, ticket, Priority.URGENT)
    act(trade, STAFF, tickets.move_to_department, ticket, "billing")
    with pytest.raises(InvalidInput):
        act(trade, STAFF, tickets.assign, ticket, 999)
    found = read(trade, ticket)
    assert (found.ticket.priority, found.department.slug) == ("urgent", "billing")
    act(trade, ann, tickets.close, ticket)
    with pytest.raises(Refused):
        act(trade, ann, tickets.close, ticket)


def give_up(trade, times=1):
    with trade.work.write() as uow:
        job = uow.session.scalars(select(Job).where(Job.kind == "services.create")).one()
        for _ in range(times):
            uow.emit(
                JobGivenUp(job.id, job.kind, "service:1", job.client_id, "node pve7: token secret-1 refused")
            )
        return job


def test_a_setup_that_failed_for_good_opens_one_ticket_in_plain_words(trade):
    trade.active_service()
    give_up(trade, times=2)
    with trade.work.read() as uow:
        [ticket] = uow.session.scalars(select(Ticket)).all()
    client, staff = read(trade, ticket.id), read(trade, ticket.id, with_notes=True)
    assert [m.author_kind for m in client.messages] == ["system"]
    assert "secret-1" not in client.messages[0].body
    assert "went wrong" in client.messages[0].body
    assert any("secret-1" in m.body and m.internal for m in staff.messages)
    assert {link.kind for link in client.links} == {"job", "service"}
    assert mails(trade).count("ticket_opened") == 1


def test_what_goes_well_after_all_is_told_and_the_ticket_closes_unless_a_person_wrote(trade):
    trade.active_service()
    job = give_up(trade)
    with trade.work.write() as uow:
        uow.emit(ActionDone(1, job.client_id, "create", job.key))
        ticket = uow.session.scalars(select(Ticket)).one()
        assert ticket.state == "closed"
        uow.session.add(
            TicketMessage(
                ticket_id=ticket.id, author_kind="client", author_name="Ann", body="?", at=uow.now()
            )
        )
        ticket.state = "customer_reply"
        uow.emit(ActionDone(1, job.client_id, "create", job.key))
        assert ticket.state == "customer_reply"


def test_a_plugin_opens_a_ticket_once_and_writes_only_into_its_own(trade):
    ann = trade.newcomer()
    desk, meter, other = PluginDesk(trade.work), plugin_actor("meter"), plugin_actor("other")
    reference = desk.open(meter, ann.client_id, "Disk is full", "97 % are used.", "disk:7")
    assert desk.open(meter, ann.client_id, "Disk is full", "98 % are used.", "disk:7") == reference
    desk.reply(meter, reference, "It is 99 % now.")
    with pytest.raises(NotFound):
        desk.reply(other, reference, "hello")
    with trade.work.read() as uow:
        assert uow.session.scalar(select(func.count()).select_from(TicketMessage)) == 2
    assert read(trade, 1).messages[0].author_name == "plugin:meter"


def test_the_other_races_for_the_same_key_get_the_first_ticket(each_trade):
    ann = each_trade.newcomer()
    first = open_one(each_trade, ann, key="k")
    assert open_one(each_trade, ann, key="k") == first
