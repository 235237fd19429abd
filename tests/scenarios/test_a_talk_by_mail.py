"""A talk by mail alone, with a real server on either side: SMTP takes what we send, IMAP gives what comes back."""

from __future__ import annotations

import re
import socket
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select

from ezcore.settings import Mail as MailSettings
from ezcore.support.mail import mailboxes
from ezcore.support.mail.mailboxes import Facts
from ezcore.support.mail.models import Security
from ezcore.support.tickets import operations as tickets
from ezcore.support.tickets.models import Department, Ticket
from tests.fixtures_imap import PASSWORD
from tests.unit.support.mail.letters import DESK, received, said
from tests.unit.support.mail.test_polling import OWNER
from tests.unit.support.tickets.test_tickets import STAFF, act, open_one


class Inbox:
    """What our mail server was given."""

    def __init__(self):
        self.letters = []

    async def handle_DATA(self, server, session, envelope):
        self.letters.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"

    def last(self, address):
        """The newest mail to this address."""
        return [one for one in self.letters if one["To"].addresses[0].addr_spec == address][-1]


@pytest.fixture
def smtp(trade):
    """The shop sends through a real SMTP server."""
    inbox = Inbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    settings = MailSettings(transport="smtp", port=port, sender="shop@shop.example")
    trade.shop.work = replace(trade.shop.work, settings=replace(trade.work.settings, mail=settings))
    yield inbox
    controller.stop()


def connected(trade, server, **changes):
    """The department reads its mail from the server; gives the user there."""
    user = server.new_user()
    with trade.work.write(OWNER) as uow:
        desk = uow.session.scalars(select(Department).where(Department.slug == "help")).one()
        desk.email = DESK
        for name, value in changes.items():
            setattr(desk, name, value)
        facts = Facts("127.0.0.1", server.port, Security.NONE, user, PASSWORD, done_folder="Done")
        mailboxes.save(uow, desk, facts)
    return user


def answer(mail, sender, text, number):
    """What a mail program writes when somebody answers this mail, and changes the subject."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = (
        sender,
        str(mail["Reply-To"]),
        f"Quite another subject {number}",
    )
    made["Message-ID"], made["In-Reply-To"] = f"<{number}@client.example>", str(mail["Message-ID"])
    made["References"] = f"{mail['References']} {mail['Message-ID']}"
    quoted = mail.get_body(("plain",)).get_content().replace("\n", "\n> ")
    made.set_content(f"{text}\n\nOn Mon, 1 Feb 2027 at 09:00, EZ Solutions wrote:\n> {quoted}")
    return made.as_bytes()


def read_mailbox(trade):
    trade.clock.advance(timedelta(minutes=1))
    trade.run("support_mail")


def test_staff_and_a_client_talk_by_mail_on_one_ticket(trade, smtp, imap_server):
    user = connected(trade, imap_server, plus=True)
    ticket = open_one(trade, trade.newcomer())
    ids = set()
    for number, words in enumerate(("It works now.", "One more thing: and mail?")):
        act(trade, STAFF, tickets.reply, ticket, f"Answer {number}.")
        trade.settle()
        mail = smtp.last("ann@client.example")
        assert f"Answer {number}." in mail.get_body(("plain",)).get_content()
        assert re.fullmatch(r".* <help\+T-\d{4}-\d{6}\.[0-9a-f]{24}@shop\.example>", str(mail["Reply-To"]))
        assert mail["References"].split()[-1] == mail["In-Reply-To"]
        ids.add(mail["Message-ID"])
        imap_server.deliver(user, answer(mail, "Ann <ann@client.example>", words, number))
        imap_server.deliver(
            user, answer(mail, "Ann <ann@client.example>", words, number)
        )  # twice, as happens
        read_mailbox(trade)
        assert said(trade, ticket)[-1] == ("Ann", words, False)
    # The next answer stands in the client's program below what the client wrote.
    act(trade, STAFF, tickets.reply, ticket, "Mail works as well.")
    trade.settle()
    assert smtp.last("ann@client.example")["In-Reply-To"] == "<1@client.example>"
    assert len(ids) == 2
    assert [one.outcome for one in received(trade)] == ["posted", "posted"]
    assert imap_server.flags(user) == []
    with trade.work.read() as uow:
        assert len(uow.session.scalars(select(Ticket)).all()) == 1


def test_a_stranger_becomes_a_guest_who_talks_by_mail(trade, smtp, imap_server):
    user = connected(trade, imap_server, guests=True)
    first = EmailMessage()
    first["From"], first["To"], first["Subject"] = "Zoë <zoe@elsewhere.example>", DESK, "Räägite eesti keelt?"
    first["Message-ID"] = "<first@elsewhere.example>"
    first.set_content("Tere!")
    imap_server.deliver(user, first.as_bytes())
    read_mailbox(trade)
    mail = smtp.last("zoe@elsewhere.example")
    assert mail["In-Reply-To"] == "<first@elsewhere.example>"
    assert "/contact/T-" in mail.get_body(("plain",)).get_content()
    imap_server.deliver(user, answer(mail, "zoe@elsewhere.example", "Are you there?", 7))
    imap_server.deliver(user, answer(mail, "eve@elsewhere.example", "I am Zoë.", 8))
    read_mailbox(trade)
    ticket = received(trade)[0].ticket_id
    assert said(trade, ticket) == [
        ("Zoë", "Tere!", False),
        ("Zoë", "Are you there?", False),
        ("Mail from eve@elsewhere.example", "I am Zoë.", True),
    ]
