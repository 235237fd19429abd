"""Notification rules: typed conditions, told once per rule and event, nothing sent into our own network."""

from __future__ import annotations

import hmac
import json
import threading
from dataclasses import replace
from datetime import date
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from ezcore.billing.invoices.events import InvoiceIssued
from ezcore.jobs.engine import Engine
from ezcore.jobs.events import JobGivenUp
from ezcore.jobs.models import Job
from ezcore.jobs.outbox.operations import relay
from ezcore.jobs.outbox.vocabulary import import_events
from ezcore.kernel.errors import InvalidInput
from ezcore.kernel.events import EVENTS
from ezcore.kernel.money import Money
from ezcore.messaging.models import Mail
from ezcore.messaging.notices import operations as notices
from ezcore.messaging.notices import posting, queries
from ezcore.messaging.notices import rules as pure
from ezcore.messaging.notices.jobs import SAY
from ezcore.messaging.notices.models import NoticeOutcome, NoticeRule, StaffNote
from ezcore.messaging.notices.operations import Wanted
from ezcore.plugin_api.errors import PermanentFailure
from ezcore.settings import Security

ISSUED = InvoiceIssued(7, 3, "2026-00007", Money.parse("120.00", "EUR"), date(2026, 12, 1))
NOTE = Wanted("Large invoice", "InvoiceIssued", "note", [("total", "at_least", "100 EUR")])


class Chat:
    """An HTTP server's memory; `status` is what it answers."""

    def __init__(self):
        self.got, self.status = [], 200
        chat = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                chat.got.append((dict(self.headers), body))
                self.send_response(chat.status)
                self.send_header("Location", "http://127.0.0.1:1/")
                self.end_headers()

            def log_message(self, *_args):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook?x=1"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()


@pytest.fixture
def chat():
    found = Chat()
    yield found
    found.server.shutdown()
    found.server.server_close()


def inside(work):
    """The same, where messages may go to this machine."""
    return replace(work, settings=replace(work.settings, security=Security(private_webhooks=True)))


def make(work, wanted=NOTE):
    with work.write() as uow:
        return notices.add(uow, wanted).id


def happen(work, event=ISSUED):
    with work.write() as uow:
        uow.emit(event)
    relay(work, {"notices": notices.hear})


def run_jobs(work):
    engine = Engine(
        work, {SAY.name: SAY}, SimpleNamespace(), owner="test", lease_seconds=60, on_end=lambda _u, _j: None
    )
    while engine.run_one():
        pass


def rows(work, model):
    with work.read() as uow:
        return uow.session.scalars(select(model).order_by(model.id)).all()


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (("total", "at_least", "120.00 EUR"), True), (("total", "at_least", "120.01 EUR"), False),
        (("total", "at_least", "1 USD"), False), (("due_on", "at_most", "2026-12-01"), True),
        (("number", "contains", "0007"), True), (("number", "is_not", "2026-00007"), False),
        (("client_id", "is", "3"), True), (("gone", "is", "3"), False),
    ],
)  # fmt: skip
def test_conditions_compare_amounts_dates_and_words_as_what_they_are(condition, expected):
    assert pure.holds(ISSUED, [condition]) is expected


def test_every_event_of_the_house_can_be_tried_and_said():
    import_events()
    for name, event in EVENTS.items():
        if event.__module__.startswith("ezcore."):
            made = pure.sample(event)
            assert type(made).from_json(made.to_json()) == made, name
            assert set(pure.values_of(made, "S", "http://s")) == pure.names_for(event)


def test_a_note_is_written_once_for_an_event_that_comes_twice_and_read_by_each(each_work):
    make(each_work)
    happen(each_work)
    notices.hear(each_work, ISSUED, 1)
    (note,) = rows(each_work, StaffNote)
    assert "2026-00007" in note.body
    assert note.href == "/admin/clients/3/"
    with each_work.read() as uow:
        assert (queries.unread(uow, 1), queries.unread(uow, 2)) == (1, 1)


def test_what_does_not_fit_or_is_paused_is_not_told(work):
    make(work)
    happen(work, replace(ISSUED, total=Money.parse("99", "EUR")))
    with work.write() as uow:
        notices.pause(uow, uow.session.get_one(NoticeRule, 1), paused=True)
    happen(work)
    assert rows(work, StaffNote) == []


def test_mail_goes_to_each_address_with_the_words_of_the_rule(work):
    make(
        work,
        replace(
            NOTE, action="mail", addresses=["a@s.example", "b@s.example"], words="{{ number }}: {{ total }}"
        ),
    )
    happen(work)
    assert [(one.recipient, one.subject) for one in rows(work, Mail)] == [
        ("a@s.example", "Large invoice"),
        ("b@s.example", "Large invoice"),
    ]
    assert rows(work, NoticeOutcome)[0].body == "2026-00007: €120.00"


def test_a_chat_gets_a_signed_message_and_the_address_is_kept_sealed(work, chat):
    work = inside(work)
    make(work, replace(NOTE, action="chat", url=chat.url))
    happen(work)
    run_jobs(work)
    ((headers, body),) = chat.got
    assert json.loads(body)["text"].startswith("Large invoice\n")
    with work.read() as uow:
        rule = uow.session.get_one(NoticeRule, 1)
        secret = uow.box.open(rule.sealed_as, rule.secret)
        assert (rule.host, chat.url in str(rule.url)) == ("127.0.0.1", False)
    moment, mark = headers["X-Ezcore-Signature"].removeprefix("t=").split(",v1=")
    assert hmac.compare_digest(
        mark, hmac.new(secret.encode(), f"{moment}.".encode() + body, sha256).hexdigest()
    )
    assert rows(work, NoticeOutcome)[0].state == "done"


@pytest.mark.parametrize(
    ("status", "job", "outcome"),
    [(503, "queued", "queued"), (404, "failed", "failed"), (302, "failed", "failed")],
)
def test_a_chat_that_is_down_is_tried_again_and_one_that_says_no_is_not(work, chat, status, job, outcome):
    work, chat.status = inside(work), status
    make(work, replace(NOTE, action="chat", url=chat.url))
    happen(work)
    run_jobs(work)
    assert len(chat.got) == 1
    assert (rows(work, Job)[0].state, rows(work, NoticeOutcome)[0].state) == (job, outcome)
    assert str(status) in rows(work, NoticeOutcome)[0].cause


@pytest.mark.parametrize(
    "url",
    [
        "http://chat.example/x", "https://127.0.0.1/x", "https://[::1]/", "https://10.0.0.7/", "https://[::ffff:10.0.0.7]/",
        "https://169.254.169.254/latest/", "ftp://chat.example/", "https://user:pass@chat.example/", "https://",
        "https://chat.example:99999/", "https://chat.example/a b", "",
    ],
)  # fmt: skip
def test_an_address_inside_our_network_or_none_at_all_is_not_taken(work, url):
    with pytest.raises(InvalidInput) as refused:
        make(work, replace(NOTE, action="chat", url=url))
    assert refused.value.field == "url"


def test_a_public_name_that_leads_into_our_network_is_not_followed(monkeypatch):
    inside_address = [(2, 1, 6, "", ("127.0.0.1", 443))]
    monkeypatch.setattr(posting.socket, "getaddrinfo", lambda *_args, **_more: inside_address)
    with pytest.raises(PermanentFailure, match="not on the public internet"):
        posting.post("https://chat.example/x", b"{}", {}, private=False)


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("event", {"event": "Nothing"}), ("name", {"name": " "}), ("action", {"action": "shout"}),
        ("addresses", {"action": "mail"}), ("addresses", {"action": "mail", "addresses": ["nobody"]}),
        ("words", {"words": "{{ oops }}"}), ("value_1", {"conditions": [("total", "at_least", "many")]}),
        ("value_1", {"conditions": [("oops", "is", "1")]}),
        ("value_2", {"conditions": [("number", "is", "1"), ("number", "at_most", "1")]}),
    ],
)  # fmt: skip
def test_a_rule_in_error_names_the_field(work, field, changes):
    with pytest.raises(InvalidInput) as refused:
        make(work, replace(NOTE, **changes))
    assert refused.value.field == field


def test_a_failed_notice_does_not_tell_of_itself_for_ever(work, chat):
    work = inside(work)
    make(work, Wanted("Given up", "JobGivenUp", "chat", url=chat.url))
    happen(work, JobGivenUp(1, "messaging.notice", "notice_rule:1", None, "no"))
    happen(work, JobGivenUp(2, "services.create", "service:7", 3, "no"))
    assert len(rows(work, NoticeOutcome)) == 1
