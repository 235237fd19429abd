"""Mail leaves once in effect, by SMTP or into the sink; the mail server's answer decides what comes next."""

from __future__ import annotations

import socket
from dataclasses import replace
from types import SimpleNamespace

import pytest
from aiosmtpd.controller import Controller

from ezcore.jobs.engine import Engine
from ezcore.jobs.models import Job, JobState
from ezcore.messaging.jobs import SEND
from ezcore.messaging.models import Mail, MailState
from ezcore.messaging.operations import queue_mail
from ezcore.settings import Mail as MailSettings


class Inbox:
    """An SMTP server's memory; `answer` is what it says to DATA."""

    def __init__(self):
        self.letters = []
        self.answer = "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.answer.startswith("250"):
            self.letters.append(envelope)
        return self.answer


@pytest.fixture
def smtp():
    inbox = Inbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        inbox.port = free.getsockname()[1]
    controller = Controller(inbox, hostname="127.0.0.1", port=inbox.port)
    controller.start()
    yield inbox
    controller.stop()


def with_mail(work, **settings):
    return replace(work, settings=replace(work.settings, mail=MailSettings(**settings)))


def queue_one(work) -> int:
    with work.write() as uow:
        values = {"name": "Ann ☂", "link": "http://127.0.0.1:6543/x/", "expires": "soon"}
        return queue_mail(uow, "reset_password", "ann@shop.example", values, key="reset:1").id


def run_jobs(work) -> None:
    engine = Engine(
        work, {SEND.name: SEND}, SimpleNamespace(), owner="test", lease_seconds=60, on_end=lambda _u, _j: None
    )
    while engine.run_one():
        pass


def mail_and_job(work, mail_id):
    with work.read() as uow:
        return uow.session.get_one(Mail, mail_id), uow.session.query(Job).one()


def test_the_sink_counts_as_sent(work):
    mail_id = queue_one(work)
    run_jobs(work)
    mail, job = mail_and_job(work, mail_id)
    assert (mail.state, job.state) == (MailState.SENT, JobState.COMPLETE)
    assert mail.sent_at == work.clock.now()


def test_smtp_gets_one_letter_with_a_fixed_message_id(work, smtp):
    work = with_mail(work, transport="smtp", port=smtp.port, sender="shop@shop.example")
    mail_id = queue_one(work)
    run_jobs(work)
    run_jobs(work)
    mail, _job = mail_and_job(work, mail_id)
    (letter,) = smtp.letters
    assert (mail.state, letter.rcpt_tos) == (MailState.SENT, ["ann@shop.example"])
    assert f"Message-ID: {mail.message_id}".encode() in letter.content
    assert b"Auto-Submitted: auto-generated" in letter.content


def test_a_server_that_is_away_is_asked_again_later(work):
    work = with_mail(work, transport="smtp", port=1)
    mail_id = queue_one(work)
    run_jobs(work)
    mail, job = mail_and_job(work, mail_id)
    assert (mail.state, job.state, job.failures) == (MailState.QUEUED, JobState.QUEUED, 1)
    assert "refused" in mail.cause.lower()


def test_a_busy_server_is_asked_again_later(work, smtp):
    work = with_mail(work, transport="smtp", port=smtp.port)
    mail_id = queue_one(work)
    smtp.answer = "451 try later"
    run_jobs(work)
    assert mail_and_job(work, mail_id)[0].state == MailState.QUEUED


def test_a_refusal_for_good_fails_the_mail_with_its_cause(work, smtp):
    work = with_mail(work, transport="smtp", port=smtp.port)
    mail_id = queue_one(work)
    smtp.answer = "550 no such user"
    run_jobs(work)
    mail, job = mail_and_job(work, mail_id)
    assert (mail.state, job.state) == (MailState.FAILED, JobState.FAILED)
    assert "no such user" in mail.cause


def test_the_password_is_not_said_in_the_clear_to_another_machine(work, smtp, monkeypatch):
    monkeypatch.setattr("ezcore.messaging.mailer._LOOPBACK", frozenset())
    work = with_mail(work, transport="smtp", port=smtp.port, user="shop", password="s3cret")
    mail_id = queue_one(work)
    run_jobs(work)
    assert mail_and_job(work, mail_id)[0].state == MailState.QUEUED
    assert smtp.letters == []
