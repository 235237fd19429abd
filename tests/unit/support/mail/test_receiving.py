"""What a mail may do: post where its sender is on the ticket, open a ticket, and nothing more; once, and never lost."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import select, update

from ezcore.accounts import operations as accounts
from ezcore.accounts.models import Client, User
from ezcore.kernel.actor import Actor
from ezcore.kernel.errors import InvalidInput, NotAllowed, NotFound, Refused
from ezcore.messaging.models import Mail
from ezcore.support.attachments.models import TicketFile
from ezcore.support.mail import acting, blocking
from ezcore.support.mail.forgetting import forget
from ezcore.support.mail.models import ReceivedMail, RuleKind
from ezcore.support.tickets import moving, watching
from ezcore.support.tickets import operations as tickets
from ezcore.support.tickets.models import Department, Ticket
from tests.unit.support.mail.letters import ANN, DESK, last_mail, letter, received, said, take
from tests.unit.support.mail.letters import tickets as all_tickets
from tests.unit.support.tickets.test_tickets import STAFF, act, open_one

MB = 1024 * 1024


@pytest.fixture
def desk(trade):
    """The department of technical help has an address."""
    change(trade, email=DESK)
    return trade


def change(trade, slug="help", **values):
    with trade.work.write() as uow:
        uow.session.execute(update(Department).where(Department.slug == slug).values(**values))


def answered(trade, actor):
    """A ticket that staff answered; gives it and the mail of the answer."""
    ticket = open_one(trade, actor)
    act(trade, STAFF, tickets.reply, ticket, "We restarted it.")
    return ticket, last_mail(trade, "ticket_answered")


def reply_to(mail, sender=f"Ann <{ANN}>", text="It works, thank you.", **headers):
    return letter(sender, "Something else entirely", text, In_Reply_To=mail.message_id, **headers)


def test_an_answer_finds_its_ticket_although_the_subject_was_changed(desk):
    ticket, mail = answered(desk, desk.newcomer())
    row = take(desk, reply_to(mail))
    assert (row.outcome, row.ticket_id, row.proven) == ("posted", ticket, True)
    assert said(desk, ticket)[-1] == ("Ann", "It works, thank you.", False)
    assert all_tickets(desk)[0].state == "customer_reply"


@pytest.mark.parametrize("way", ["root", "plus", "reference"])
def test_the_root_a_tagged_address_or_the_subject_lead_there_as_well(desk, way):
    change(desk, plus=way == "plus")
    ticket, mail = answered(desk, desk.newcomer())
    if way == "root":
        raw = letter(References=f"<other@x> {mail.refs[0].upper()}")
    elif way == "plus":
        assert mail.reply_to.startswith("help+T-")
        raw = letter(Delivered_To=mail.reply_to)
    else:
        raw = letter(subject=f"Re: {mail.subject.lower()}")
    row = take(desk, raw)
    assert (row.outcome, row.ticket_id, row.proven) == ("posted", ticket, way != "reference")


def test_every_mail_of_a_ticket_stands_in_its_thread(desk):
    ticket, mail = answered(desk, desk.newcomer())
    first = last_mail(desk, "ticket_received")
    assert mail.message_id != first.message_id
    assert first.refs == [first.thread]
    assert mail.refs == [first.thread, first.message_id]
    assert mail.reply_to == DESK
    take(desk, reply_to(mail, Message_ID="<theirs@client.example>"))
    act(desk, STAFF, tickets.reply, ticket, "Glad to hear it.")
    assert last_mail(desk, "ticket_answered").refs[-1] == "<theirs@client.example>"


def test_a_mark_that_we_did_not_make_leads_nowhere(desk):
    ticket, mail = answered(desk, desk.newcomer())
    reference = all_tickets(desk)[0].reference
    for forged in (f"<{reference}.{'0' * 24}@shop.example>", f"<{reference}@shop.example>", "<%@x>"):
        row = take(desk, letter(subject="No name in it", text=forged, References=forged))
        assert (row.outcome, row.proven) == ("opened", False), forged
    assert len(said(desk, ticket)) == 2
    assert mail.refs


def test_B075_a_forged_sender_posts_nothing(desk):
    ann, _ben = desk.newcomer(), desk.newcomer("Ben")
    ticket, mail = answered(desk, ann)
    noted = take(desk, reply_to(mail, "Ben <ben@client.example>", "Delete everything."))
    assert noted.outcome == "noted"
    assert said(desk, ticket)[-1] == ("Mail from ben@client.example", "Delete everything.", True)
    assert all_tickets(desk)[0].state == "answered"
    refused = take(desk, letter("ben@client.example", f"Re: {mail.subject}", "Delete everything now."))
    assert (refused.outcome, refused.ticket_id) == ("refused", None)
    assert "not on that ticket" in refused.why
    assert last_mail(desk, "ticket_mail_refused") is None


def test_an_address_that_was_never_confirmed_or_whose_login_is_closed_is_nobodys(desk):
    ann = desk.newcomer()
    _, mail = answered(desk, ann)
    with desk.work.write() as uow:
        uow.session.get_one(User, ann.user_id).verified_at = None
    assert take(desk, letter()).outcome == "refused"
    assert take(desk, letter(subject=f"Re: {mail.subject}")).outcome == "refused"
    with desk.work.write() as uow:
        user = uow.session.get_one(User, ann.user_id)
        user.verified_at = user.disabled_at = uow.now()
    assert take(desk, letter(text="Again.")).outcome == "refused"
    assert take(desk, letter(subject=f"Re: {mail.subject}", text="Again.")).outcome == "refused"


def test_the_address_for_bills_counts_when_it_answers_what_came_to_it(desk):
    ann = desk.newcomer()
    with desk.work.write() as uow:
        uow.session.get_one(Client, ann.client_id).email = "bills@client.example"
    ticket, mail = answered(desk, ann)
    assert mail.recipient == "bills@client.example"
    assert take(desk, letter("bills@client.example", f"Re: {mail.subject}")).outcome == "refused"
    assert take(desk, reply_to(mail, "bills@client.example")).outcome == "posted"
    assert len(said(desk, ticket)) == 3


def test_who_gets_copies_may_answer_them(desk):
    ticket, _ = answered(desk, desk.newcomer())
    act(desk, STAFF, watching.add_copy, ticket, "agency@elsewhere.example")
    act(desk, STAFF, tickets.reply, ticket, "And now?")
    copy = last_mail(desk, "ticket_copy")
    assert take(desk, reply_to(copy, "Agency <agency@elsewhere.example>")).outcome == "posted"
    assert said(desk, ticket)[-1][0] == "Agency (agency@elsewhere.example)"


def test_an_answer_to_a_merged_ticket_goes_where_its_messages_are(desk):
    ann = desk.newcomer()
    ticket, mail = answered(desk, ann)
    other = open_one(desk, ann, subject="The other")
    reference = all_tickets(desk)[1].reference
    act(desk, STAFF, moving.merge, ticket, reference)
    assert take(desk, reply_to(mail)).ticket_id == other


def test_a_client_opens_a_ticket_by_mail_also_in_a_hidden_department(desk):
    change(desk, hidden=True)
    ann = desk.newcomer()
    row = take(desk, letter())
    (ticket,) = all_tickets(desk)
    assert (row.outcome, ticket.client_id, ticket.subject) == ("opened", ann.client_id, "It is slow")
    assert "not proven" in row.why
    assert last_mail(desk, "ticket_received").recipient == ANN


def test_a_stranger_opens_a_guest_ticket_and_answers_it_where_guests_may(desk):
    change(desk, guests=True)
    row = take(desk, letter("Zoe <zoe@elsewhere.example>"))
    (ticket,) = all_tickets(desk)
    assert (row.outcome, ticket.client_id, ticket.guest_email) == ("opened", None, "zoe@elsewhere.example")
    mail = last_mail(desk, "ticket_guest")
    assert take(desk, reply_to(mail, "zoe@elsewhere.example")).outcome == "posted"
    assert take(desk, reply_to(mail, "eve@elsewhere.example", "Me too.")).outcome == "noted"


def test_elsewhere_a_stranger_gets_one_polite_answer(desk):
    for text in ("One.", "Two.", "Three."):
        assert take(desk, letter("zoe@elsewhere.example", text=text)).outcome == "refused"
    assert all_tickets(desk) == []
    desk.settle()
    with desk.work.read() as uow:
        found = uow.session.scalars(select(Mail.recipient)).all()
    assert found == ["zoe@elsewhere.example"]


def test_staff_are_not_believed_by_mail(desk):
    with desk.work.write() as uow:
        accounts.make_staff(uow, "kadri@staff.example", "Kadri", "quiet lake heron 42", "owner")
    ticket, mail = answered(desk, desk.newcomer())
    assert take(desk, reply_to(mail, "kadri@staff.example")).outcome == "noted"
    row = take(desk, letter("kadri@staff.example"))
    assert (row.outcome, len(all_tickets(desk))) == ("refused", 1)
    assert ticket


def test_the_same_mail_twice_makes_one_post(each_trade):
    trade = each_trade
    change(trade, email=DESK)
    ticket, mail = answered(trade, trade.newcomer())
    raw = reply_to(mail)
    again = [take(trade, raw).id for _ in range(3)]
    assert len(set(again)) == 1
    assert len(said(trade, ticket)) == 3


def test_another_mail_under_a_name_that_is_taken_is_neither_lost_nor_taken_for_the_first(desk):
    desk.newcomer(), desk.newcomer("Ben")
    for _ in range(2):
        take(desk, letter(Message_ID="<one@x>"))
        take(desk, letter("ben@client.example", Message_ID="<one@x>"))
    assert [one.sender for one in received(desk)] == [ANN, "ben@client.example"]
    assert len(all_tickets(desk)) == 2


@pytest.mark.parametrize(
    "sign", [{"Auto_Submitted": "auto-replied"}, {"Return_Path": "<>"}, {"Precedence": "bulk"}]
)
def test_B075_an_automatic_answer_is_kept_and_never_answered(desk, sign):
    ticket, mail = answered(desk, desk.newcomer())
    row = take(desk, reply_to(mail, **sign))
    assert (row.outcome, row.quiet) == ("refused", True)
    assert take(desk, letter("zoe@elsewhere.example", **sign)).outcome == "refused"
    assert len(said(desk, ticket)) == 2
    assert last_mail(desk, "ticket_mail_refused") is None


def test_B075_a_loop_stops_after_some_mails_an_hour(desk):
    desk.newcomer()
    most = desk.work.settings.support.mail_per_hour
    rows = [take(desk, letter(text=f"Mail {number}")) for number in range(most + 3)]
    assert [row.outcome for row in rows] == ["opened"] * most + ["refused"] * 3
    assert "within an hour" in rows[-1].why
    assert take(desk, letter(text="Mail 0")).id == rows[0].id
    desk.clock.advance(timedelta(hours=1))
    assert take(desk, letter(text="An hour later")).outcome == "opened"


def test_our_own_mails_that_come_back_go_in_no_circle(desk):
    change(desk, guests=True)
    assert "circle" in take(desk, letter(DESK)).why
    hops = letter("zoe@elsewhere.example").replace(b"From:", b"Received: by x\n" * 60 + b"From:", 1)
    assert "circle" in take(desk, hops).why
    assert last_mail(desk, "ticket_mail_refused") is None


def test_B075_fifty_megabytes_are_refused_with_a_note_and_their_headers_are_kept(desk):
    desk.newcomer()
    row = take(desk, letter(), size=50 * MB)
    assert (row.outcome, row.sha256, row.size) == ("refused", None, 50 * MB)
    assert "50 MB; we take 25 MB" in row.why
    assert "Subject: It is slow" in row.headers
    assert last_mail(desk, "ticket_mail_refused").recipient == ANN


def test_B075_a_mail_to_a_thousand_people_is_no_letter_to_us(desk):
    desk.newcomer()
    many = ", ".join(f"x{number}@x.example" for number in range(1000))
    assert "people" in take(desk, letter(Cc=many)).why
    assert all_tickets(desk) == []


def test_files_are_held_to_the_rules_of_every_upload_and_a_bad_one_costs_no_words(desk):
    desk.newcomer()
    message = EmailMessage()
    message["From"], message["Message-ID"] = ANN, "<files@client.example>"
    message.add_attachment(b"<script>", maintype="text", subtype="html", filename="x.html")
    message.add_attachment(b"\x89PNG\r\n\x1a\n..", maintype="image", subtype="png", filename="../a.png")
    message.add_attachment(b"MZ", maintype="image", subtype="png", filename="b.png")
    assert take(desk, message.as_bytes()).outcome == "opened"
    words = said(desk, all_tickets(desk)[0].id)[0][1]
    assert "no words" in words
    assert "x.html is of a kind" in words
    assert "b.png is not what its ending says" in words
    with desk.work.read() as uow:
        assert uow.session.scalars(select(TicketFile.name)).all() == ["a.png"]


def test_a_very_long_mail_is_its_beginning(desk):
    desk.newcomer()
    take(desk, letter(text="word " * 20_000))
    assert said(desk, all_tickets(desk)[0].id)[0][1].endswith("this is its beginning.)")


@pytest.mark.parametrize(
    ("kind", "value"),
    [("address", "Zoe@Elsewhere.example"), ("domain", "@elsewhere.example"), ("subject", "IS slow")],
)
def test_blocked_mail_is_kept_and_goes_no_further(desk, kind, value):
    change(desk, guests=True)
    with desk.work.write(STAFF) as uow:
        rule = blocking.add(uow, RuleKind(kind), value)
        with pytest.raises(InvalidInput, match="already"):
            blocking.add(uow, RuleKind(kind), value.upper())
    assert take(desk, letter("zoe@elsewhere.example")).outcome == "blocked"
    assert take(desk, letter("zoe@mail.elsewhere.example", "Fine")).outcome == (
        "blocked" if kind == "domain" else "opened"
    )
    with desk.work.write(STAFF) as uow:
        blocking.remove(uow, rule)
    assert take(desk, letter("zoe@elsewhere.example", text="Again.")).outcome == "opened"
    with desk.work.write(Actor("client", client_id=1)) as uow, pytest.raises(NotAllowed):
        blocking.add(uow, RuleKind.DOMAIN, "x.example")


@pytest.mark.parametrize(
    ("kind", "value"), [("address", "x"), ("domain", "x y"), ("subject", "a"), ("domain", "")]
)
def test_a_rule_that_blocks_nothing_or_too_much_is_refused(desk, kind, value):
    with desk.work.write(STAFF) as uow, pytest.raises(InvalidInput) as refused:
        blocking.add(uow, RuleKind(kind), value)
    assert refused.value.field == "value"


def test_staff_open_a_ticket_from_a_refused_mail_and_a_machine_is_not_answered(desk):
    row = take(desk, letter("zoe@elsewhere.example", Auto_Submitted="auto-generated"))
    with desk.work.write(STAFF) as uow:
        acting.open_ticket(uow, uow.session.get_one(ReceivedMail, row.id))
    (ticket,) = all_tickets(desk)
    assert (ticket.guest_email, received(desk)[0].outcome) == ("zoe@elsewhere.example", "opened")
    assert last_mail(desk, "ticket_guest") is None
    with desk.work.write(STAFF) as uow, pytest.raises(Refused):
        acting.open_ticket(uow, uow.session.get_one(ReceivedMail, row.id))


def test_staff_put_a_refused_mail_into_a_ticket(desk):
    ticket, _ = answered(desk, desk.newcomer())
    row = take(desk, letter("Zoe <zoe@elsewhere.example>"))
    reference = all_tickets(desk)[0].reference
    with desk.work.write(STAFF) as uow, pytest.raises(InvalidInput):
        acting.put_into(uow, uow.session.get_one(ReceivedMail, row.id), "T-2026-000000")
    with desk.work.write(STAFF) as uow:
        acting.put_into(uow, uow.session.get_one(ReceivedMail, row.id), f" {reference.lower()} ")
    assert said(desk, ticket)[-1] == ("Zoe (zoe@elsewhere.example)", "Since noon.", False)
    large = take(desk, letter("zoe@elsewhere.example", text="Large"), size=50 * MB)
    with desk.work.write(STAFF) as uow, pytest.raises(NotFound):
        acting.open_ticket(uow, uow.session.get_one(ReceivedMail, large.id))


def test_a_sender_who_is_forgotten_leaves_nothing_and_their_mail_is_not_posted_again(desk):
    desk.newcomer()
    take(desk, letter())
    with desk.work.write() as uow:
        forget(uow, ReceivedMail.sender == ANN)
    (row,) = received(desk)
    assert (row.sender, row.sender_name, row.headers, row.sha256) == ("", "", "", None)
    assert row.ticket_id is not None
    take(desk, letter())
    assert len(all_tickets(desk)) == 1


def test_a_guest_ticket_is_merged_with_none_of_somebody_else_and_split_for_the_same_guest(desk):
    change(desk, guests=True)
    for name in ("zoe", "eve"):
        take(desk, letter(f"{name}@elsewhere.example"))
    first, second = all_tickets(desk)
    with pytest.raises(InvalidInput):
        act(desk, STAFF, moving.merge, first.id, second.reference)
    with pytest.raises(Refused):
        act(desk, STAFF, tickets.link, first.id, "job", 1)
    take(desk, letter("zoe@elsewhere.example", f"Re: {first.reference}", "More."))
    with desk.work.write(STAFF) as uow:
        ticket = uow.session.get_one(Ticket, first.id)
        newest = uow.session.scalars(select(ReceivedMail).order_by(ReceivedMail.id.desc())).first()
        made = moving.split(uow, ticket, [newest.ticket_message_id], "More of it")
        assert (made.guest_email, newest.ticket_id) == ("zoe@elsewhere.example", made.id)
