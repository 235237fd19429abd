"""A mailbox is read from a real IMAP server: each mail is posted once and marked only after its commit."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest
from sqlalchemy import select

from ezcore.jobs.models import Job
from ezcore.kernel import crashpoint
from ezcore.kernel.actor import Actor
from ezcore.kernel.crashpoint import SimulatedCrash
from ezcore.kernel.errors import InvalidInput, NotAllowed
from ezcore.support.mail import mailboxes, polling, queries
from ezcore.support.mail.mailboxes import Facts
from ezcore.support.mail.models import Security
from ezcore.support.tickets.models import Department
from tests.fixtures_imap import PASSWORD
from tests.unit.support.mail.letters import letter, received, tickets

OWNER = Actor("staff", permissions=frozenset({"settings.manage", "support.manage"}), name="Kadri")


def connect(trade, server, **changes):
    """Technical help reads a mailbox of the server; gives its user and its id."""
    user = changes.pop("user", None) or server.new_user()
    facts = {
        "host": "127.0.0.1", "port": server.port, "security": Security.NONE, "user": user, "password": PASSWORD,
    } | changes  # fmt: skip
    with trade.work.write(OWNER) as uow:
        department = uow.session.scalars(select(Department).where(Department.slug == "help")).one()
        return user, mailboxes.save(uow, department, Facts(**facts)).id


def box(trade):
    with trade.work.read() as uow:
        return queries.mailboxes(uow)[0][0]


def test_what_waits_is_taken_in_once_and_marked_as_seen(trade, imap_server):
    trade.newcomer()
    user, mailbox = connect(trade, imap_server)
    for number in range(3):
        imap_server.deliver(user, letter(text=f"Mail {number}"))
    look = polling.poll(trade.work, mailbox)
    assert (look.new, look.known, look.trouble) == (3, 0, "")
    assert imap_server.flags(user) == ["S"] * 3
    assert polling.poll(trade.work, mailbox).new == 0
    assert len(tickets(trade)) == 3
    assert box(trade).checked_at == trade.clock.now()


def secured(server, security):
    """How the server is spoken to with TLS from the first byte, or after a plain greeting."""
    return {"security": security, "port": server.tls_port if security == Security.TLS else server.port}


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_a_mailbox_is_read_over_TLS_from_a_server_that_somebody_vouches_for(
    trade, imap_server, monkeypatch, security
):
    monkeypatch.setenv("SSL_CERT_FILE", str(imap_server.folder / "tls.crt"))
    trade.newcomer()
    user, mailbox = connect(trade, imap_server, **secured(imap_server, security))
    imap_server.deliver(user, letter())
    look = polling.poll(trade.work, mailbox)
    assert (look.new, look.trouble) == (1, "")


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_a_server_that_nobody_vouches_for_never_hears_the_password(trade, imap_server, security):
    trade.newcomer()
    user, mailbox = connect(trade, imap_server, **secured(imap_server, security))
    imap_server.deliver(user, letter())
    assert "certificate verify failed" in polling.poll(trade.work, mailbox).trouble
    assert user not in (imap_server.folder / "dovecot.log").read_text()
    assert tickets(trade) == []
    assert "certificate" in box(trade).trouble


def test_every_minute_one_look_is_asked_for_and_never_two_at_once(trade, imap_server):
    trade.newcomer()
    user, _ = connect(trade, imap_server)
    imap_server.deliver(user, letter())
    with trade.work.write() as uow:
        assert polling.ask_all(uow) == 1
        assert polling.ask_all(uow) == 0
    trade.run("support_mail")
    assert len(tickets(trade)) == 1
    with trade.work.read() as uow:
        jobs = uow.session.scalars(select(Job.state).where(Job.kind == "support.mailbox")).all()
    assert jobs == ["complete"]


def test_a_folder_for_what_is_done_is_made_and_used(trade, imap_server):
    trade.newcomer()
    user, mailbox = connect(trade, imap_server, done_folder="Taken in")
    imap_server.deliver(user, letter())
    assert polling.poll(trade.work, mailbox).new == 1
    assert imap_server.flags(user) == []
    assert len(imap_server.flags(user, "Taken in")) == 1
    assert polling.poll(trade.work, mailbox) == polling.Look()


def test_who_dies_between_the_commit_and_the_mark_reads_it_again_and_posts_once(trade, imap_server):
    trade.newcomer()
    user, mailbox = connect(trade, imap_server)
    imap_server.deliver(user, letter())

    def die(name):
        if name == "support.mail.received":
            raise SimulatedCrash(name)

    crashpoint.watch(die)
    try:
        with pytest.raises(SimulatedCrash):
            polling.poll(trade.work, mailbox)
    finally:
        crashpoint.watch(None)
    assert len(tickets(trade)) == 1
    assert imap_server.flags(user) == [""]
    look = polling.poll(trade.work, mailbox)
    assert (look.new, look.known) == (0, 1)
    assert imap_server.flags(user) == ["S"]
    assert len(tickets(trade)) == 1


def test_a_process_that_is_killed_there_leaves_the_mail_to_the_next(trade, imap_server, tmp_path):
    trade.newcomer()
    user, _ = connect(trade, imap_server)
    imap_server.deliver(user, letter())
    ini = tmp_path / "shop.ini"
    given = trade.shop.settings.ini
    ini.write_text("[app:main]\n" + "".join(f"{name} = {value}\n" for name, value in given.items()))
    command = [sys.executable, "-m", "ezcore.cli.main", "tickets", "-c", str(ini), "poll"]
    killed = subprocess.run(
        command, env={**os.environ, "EZ_CRASH": "support.mail.received:1"}, capture_output=True, check=False
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert imap_server.flags(user) == [""]
    again = subprocess.run(command, capture_output=True, check=False, text=True)
    assert "0 new, 1 known" in again.stdout, again.stderr
    assert imap_server.flags(user) == ["S"]
    assert len(tickets(trade)) == 1


def test_B075_a_mail_that_is_too_large_is_not_even_fetched(trade, imap_server, monkeypatch):
    trade.newcomer()
    user, mailbox = connect(trade, imap_server)
    imap_server.deliver(user, letter(text="x" * 900 + "\n") + b"y" * 70 * 1024 + b"\n")
    monkeypatch.setattr(polling.receiving, "MB", 1024)  # 25 kB instead of 25 MB
    assert polling.poll(trade.work, mailbox).new == 1
    (row,) = received(trade)
    assert (row.outcome, row.sha256) == ("refused", None)
    assert row.size > 70 * 1024
    assert imap_server.flags(user) == ["S"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"password": "wrong"}, "auth"), ({"folder": "Nowhere"}, "Nowhere"), ({"port": 1}, "refused")],
)
def test_a_server_that_is_away_or_refuses_us_is_said_to_staff_and_mended_by_the_next_look(
    trade, imap_server, changes, words
):
    user, mailbox = connect(trade, imap_server, **changes)
    look = polling.poll(trade.work, mailbox)
    assert words.lower() in look.trouble.lower()
    assert box(trade).trouble_since == trade.clock.now()
    connect(trade, imap_server, user=user)
    assert polling.poll(trade.work, mailbox).trouble == ""
    assert box(trade).trouble_since is None


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("security", {"host": "imap.example.com"}), ("host", {"host": ""}), ("folder", {"folder": "a\nb"}),
        ("folder", {"folder": "Entwürfe"}), ("done_folder", {"done_folder": "INBOX"}), ("password", {"password": ""}),
    ],
)  # fmt: skip
def test_a_mailbox_that_cannot_work_is_refused_at_its_field(trade, imap_server, field, changes):
    with pytest.raises(InvalidInput) as refused:
        connect(trade, imap_server, **changes)
    assert refused.value.field == field


def test_the_stored_password_is_kept_and_goes_to_no_other_server(trade, imap_server):
    user, mailbox = connect(trade, imap_server)
    connect(trade, imap_server, user=user, password="", folder="INBOX")
    assert polling.poll(trade.work, mailbox).trouble == ""
    assert PASSWORD not in box(trade).password
    with pytest.raises(InvalidInput) as refused:
        connect(trade, imap_server, user=user, password="", host="localhost")
    assert refused.value.field == "password"
    with trade.work.write(Actor("staff", permissions=frozenset({"support.manage"}))) as uow:
        department = uow.session.get_one(Department, 1)
        with pytest.raises(NotAllowed):
            mailboxes.remove(uow, department)
