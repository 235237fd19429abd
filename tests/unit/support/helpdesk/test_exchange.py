"""Staff answer in another help desk: every message stands in both once, whatever is lost on the way."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from ezcore.jobs.models import Job
from ezcore.messaging.models import Mail
from ezcore.plugin_api.errors import OutcomeUnknown
from ezcore.plugin_api.ports.helpdesk import HelpdeskReply
from ezcore.support.helpdesk import jobs as exchange
from ezcore.support.helpdesk.rules import words_of
from ezcore.support.tickets import operations as tickets
from ezcore.support.tickets.models import TicketState
from ezcore.support.tickets.operations import MANAGE, Guest, NewTicket
from ezcore.support.tickets.rules import LONGEST_MESSAGE
from tests.fixtures_trade import at_once


class Killed(BaseException):
    """The process was killed here."""


def mails(desk, template):
    with desk.trade.work.read() as uow:
        return uow.session.scalar(select(func.count()).select_from(Mail).where(Mail.template == template))


def exchanges(desk):
    with desk.trade.work.read() as uow:
        mine = Job.kind == exchange.EXCHANGE.name
        return uow.session.scalar(select(func.count()).select_from(Job).where(mine))


def test_a_ticket_is_opened_there_and_each_message_told_once(each_desk):
    desk = each_desk
    reference = desk.write("It is slow")
    desk.settle()
    desk.reply(reference, "Since noon")
    desk.reply(reference, "And now?")
    desk.settle()
    there = desk.toy.held["z1"]
    assert desk.told() == ["It is slow", "Since noon", "And now?"]
    assert (there.facts.reference, there.facts.subject) == (reference, "My site")
    assert (there.facts.customer_name, there.facts.customer_email) == ("Ann", "ann@client.example")
    assert there.facts.address.endswith(f"/admin/tickets/{reference}/")


def test_an_answer_from_there_is_written_here_once_and_mailed_and_not_told_back(each_desk):
    desk = each_desk
    reference = desk.write()
    desk.settle()
    desk.answer_there("Please try again.")
    desk.word()
    desk.word()
    desk.settle()
    desk.word()
    desk.settle()
    assert desk.lines(reference)[1:] == [("Jane (toydesk)", "Please try again.", False)]
    assert desk.ticket(reference).state == TicketState.ANSWERED
    assert mails(desk, "ticket_answered") == 1
    assert desk.told() == ["It is slow"]


def test_a_note_of_staff_there_is_a_note_here(desk):
    reference = desk.write()
    desk.settle()
    desk.answer_there("He owes us money.", internal=True)
    desk.word()
    desk.settle()
    assert desk.lines(reference)[1:] == [("Jane (toydesk)", "He owes us money.", True)]
    assert desk.ticket(reference).state == TicketState.OPEN
    assert mails(desk, "ticket_answered") == 0


def test_a_note_of_staff_here_is_told_as_a_note(desk, staff):
    reference = desk.write()
    with desk.trade.work.write(staff) as uow:
        row = desk.row(uow, reference)
        tickets.note(uow, row, "Known customer")
        tickets.reply(uow, row, "We look into it")
    desk.settle()
    assert [(one.body, one.author, one.internal) for one in desk.toy.held["z1"].said] == [
        ("It is slow", "client", False),
        ("Known customer", "staff", True),
        ("We look into it", "staff", False),
    ]


def test_what_the_client_writes_there_is_the_clients_here(desk):
    reference = desk.write()
    desk.settle()
    desk.answer_there("Still slow", author="client", author_name="Ann")
    desk.word()
    desk.settle()
    assert desk.lines(reference)[1:] == [("Ann", "Still slow", False)]
    assert desk.ticket(reference).state == TicketState.CUSTOMER_REPLY


def test_closing_travels_both_ways_and_a_reply_opens_both_again(each_desk):
    desk = each_desk
    reference = desk.write()
    desk.settle()
    desk.toy.held["z1"].state = "closed"
    desk.word()
    desk.settle()
    assert desk.ticket(reference).state == TicketState.CLOSED
    desk.reply(reference, "Not quite")
    desk.settle()
    assert desk.toy.held["z1"].state == "open"
    assert desk.ticket(reference).state == TicketState.CUSTOMER_REPLY
    with desk.trade.work.write(desk.ann) as uow:
        tickets.close(uow, desk.row(uow, reference))
    desk.settle()
    assert desk.toy.held["z1"].state == "closed"
    quiet = exchanges(desk)
    desk.settle()
    assert exchanges(desk) == quiet, "both agree: nothing more is exchanged"


@pytest.mark.parametrize("verb", ["open_ticket", "post", "set_state"])
def test_a_lost_answer_repeats_nothing(desk, verb):
    reference = desk.write()
    if verb != "open_ticket":
        desk.settle()
    desk.toy.says[verb] = OutcomeUnknown("the answer was lost")
    desk.reply(reference, "Since noon")
    with desk.trade.work.write(desk.ann) as uow:
        tickets.close(uow, desk.row(uow, reference))
    desk.settle()
    desk.settle()
    assert list(desk.toy.held) == ["z1"]
    assert desk.told() == ["It is slow", "Since noon"]
    assert desk.toy.held["z1"].state == "closed"
    assert desk.toy.says == {}


def test_a_kill_between_telling_and_noting_repeats_nothing(each_desk, monkeypatch):
    desk = each_desk
    reference = desk.write()
    desk.settle()
    desk.reply(reference, "Since noon")

    def killed(name):
        raise Killed(name)

    with monkeypatch.context() as patch:
        patch.setattr(exchange, "crashpoint", killed)
        with pytest.raises(Killed):
            desk.trade.settle()
    desk.trade.later(1)
    desk.settle()
    assert desk.told() == ["It is slow", "Since noon"]


def test_sixteen_replies_at_once_are_all_told_once(each_desk):
    desk = each_desk
    reference = desk.write()
    desk.settle()

    def write(number):
        desk.reply(reference, f"word {number}")
        desk.trade.settle()

    assert at_once(16, write) == [None] * 16
    desk.settle()
    assert sorted(desk.told()) == sorted(["It is slow", *(f"word {number}" for number in range(16))])


def test_a_guests_ticket_is_told_with_the_address_and_the_guest_may_answer_there(desk, staff):
    with desk.trade.work.write(staff) as uow:
        new = NewTicket(
            None, "help", "A question", "Do you sell names?", guest=Guest("Liis", "liis@x.example")
        )
        reference = tickets.open_ticket(uow, new).reference
    desk.settle()
    assert desk.toy.held["z1"].facts.customer_email == "liis@x.example"
    desk.answer_there("Hello?", author="client", author_name="Liis")
    desk.word()
    desk.settle()
    assert desk.lines(reference)[1:] == [("Liis", "Hello?", False)]


def test_a_word_that_never_came_is_found_by_looking(desk):
    reference = desk.write()
    desk.settle()
    desk.answer_there("Please try again.")
    desk.toy.moved = ["somebody-else", "z1"]
    desk.trade.run("helpdesk")
    desk.settle()
    assert [body for _, body, _ in desk.lines(reference)] == ["It is slow", "Please try again."]


def test_a_word_of_somebody_elses_ticket_is_nothing_to_us(desk):
    desk.word("z99")
    assert exchanges(desk) == 0


def test_without_a_help_desk_nothing_is_exchanged(desk):
    desk.trade.work.settings = desk.trade.shop.settings
    desk.write()
    desk.settle()
    desk.trade.run("helpdesk")
    assert (exchanges(desk), desk.toy.held) == (0, {})


def test_a_ticket_that_is_gone_there_stops_for_staff_to_see(desk):
    reference = desk.write()
    desk.settle()
    desk.toy.talk = lambda external_id: None
    desk.word()
    desk.settle()
    with desk.trade.work.read() as uow:
        last = uow.session.scalars(select(Job).order_by(Job.id.desc())).first()
        assert (last.kind, last.state) == (exchange.EXCHANGE.name, "failed")
    assert desk.ticket(reference).state == TicketState.OPEN


@pytest.mark.parametrize(
    ("body", "files", "ends"),
    [
        ("", (), "(This message has no words.)"),
        ("See there", ("log.txt",), "(Files that stay at the help desk:\n- log.txt)"),
        ("a" * 50_000, (), "(The message is longer; this is its beginning.)"),
    ],
)
def test_any_message_from_there_can_be_kept(desk, body, files, ends):
    reply = HelpdeskReply(
        external_id="1", author="staff", author_name="J", body=f"\0{body}", internal=False,
        at=desk.trade.clock.now(), files=files,
    )  # fmt: skip
    words = words_of(reply)
    assert words.endswith(ends)
    assert 0 < len(words) <= LONGEST_MESSAGE
    assert "\0" not in words


@pytest.fixture
def staff():
    from ezcore.kernel.actor import Actor

    return Actor("staff", permissions=frozenset({MANAGE}), name="Kadri")
