"""Zammad's webhooks are believed by their signature over the raw bytes, and are hints."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from ez_zammad.sandbox import SECRET
from ez_zammad.shapes import ArticleSeen, TicketSeen

from ezcore.plugin_api import BadSignature, Malformed
from ezcore.plugin_api.ports.webhook_source import HelpdeskFact
from ezcore.plugin_api.sandbox import Fault

BODY = json.dumps({"ticket": {"id": 7, "title": "x"}, "article": {}}).encode()
CONTRACTS = os.environ.get("EZ_CONTRACTS")


def signed(body: bytes, secret: str = SECRET) -> dict[str, str]:
    return {"x-hub-signature": "sha1=" + hmac.new(secret.encode(), body, hashlib.sha1).hexdigest()}


@pytest.fixture
def heard(house):
    """What Zammad sends to the shop, as header names in lower case and raw bytes."""
    found = []

    class Door(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Door) as door:
        Thread(target=door.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{door.server_port}/webhooks/zammad/"
        house.app.options = replace(house.app.options, webhook_url=url)
        yield found
        door.shutdown()


def test_an_answer_and_a_move_there_are_told_and_believed(house, heard):
    number = house.opened()
    house.control("answer", {"ticket": number, "body": "Please try again"})
    house.control("move", {"ticket": number, "state": "closed"})
    messages = []
    for headers, body in heard:
        assert headers["x-zammad-trigger"]
        house.source.verify(headers, body, house.context.clock.now())
        messages.append(house.source.parse(body))
        assert house.source.interpret(messages[-1], body) == [HelpdeskFact(external_id=number)]
    assert len({one.external_id for one in messages}) == 2, "two things happened: two messages"
    assert len({headers["x-zammad-delivery"] for headers, _ in heard}) == 2


def test_a_delivery_that_is_repeated_is_the_same_message_and_an_altered_one_is_refused(house, heard):
    number = house.opened()
    house.app.faults.script(Fault("webhooks.ticket", "duplicate_webhooks", args={"copies": 3}))
    house.control("answer", {"ticket": number, "body": "Please try again"})
    assert len(heard) == 3
    assert len({house.source.parse(body).external_id for _, body in heard}) == 1
    headers, body = heard[0]
    with pytest.raises(BadSignature):
        house.source.verify(headers, body.replace(b"again", b"never"), house.context.clock.now())


def test_a_delivery_of_somebody_else_is_refused(house, heard):
    number = house.opened()
    house.app.faults.script(Fault("webhooks.ticket", "bad_signature"))
    house.control("answer", {"ticket": number, "body": "Give me your password"})
    [(headers, body)] = heard
    with pytest.raises(BadSignature):
        house.source.verify(headers, body, house.context.clock.now())


def test_a_signed_message_names_its_ticket_and_the_same_bytes_are_the_same_message(house):
    house.source.verify(signed(BODY), BODY, house.context.clock.now())
    message = house.source.parse(BODY)
    assert message.external_id == house.source.parse(BODY).external_id
    assert house.source.interpret(message, BODY) == [HelpdeskFact(external_id="7")]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-hub-signature": ""},
        {"x-hub-signature": "sha1=é"},
        signed(BODY, "another secret"),
        signed(b"other"),
    ],
    ids=["none", "empty", "no hex", "another secret", "other bytes"],
)
def test_what_was_not_signed_by_our_zammad_is_refused(house, headers):
    with pytest.raises(BadSignature):
        house.source.verify(headers, BODY, house.context.clock.now())


def test_without_a_secret_nobody_is_believed(house):
    house.context.values = house.context.values | {"webhook_secret": ""}
    with pytest.raises(BadSignature):
        house.source.verify(signed(BODY, ""), BODY, house.context.clock.now())


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"ticket": 1}', b'{"ticket": {"id": "x"}}', b"[" * 100_000]
)
def test_a_body_that_is_none_of_zammads_is_malformed(house, body):
    with pytest.raises(Malformed):
        house.source.parse(body)


@pytest.mark.skipif(not CONTRACTS, reason="EZ_CONTRACTS is not set")
def test_the_recorded_examples_of_zammads_documentation_are_read(house):
    examples = json.loads(Path(CONTRACTS or "", "zammad", "examples.json").read_text(encoding="utf-8"))[
        "examples"
    ]
    [webhook] = [one["json"] for one in examples["webhook_payload"]]
    assert house.source.parse(json.dumps(webhook).encode()).object_id == str(webhook["ticket"]["id"])
    tickets = [one["json"] for one in examples["ticket"] if "title" in one["json"] and one["http"]]
    assert len([TicketSeen.model_validate(one) for one in tickets if one.get("id")]) >= 3
    articles = [one for listed in examples["article"] for one in _listed(listed["json"])]
    assert all(ArticleSeen.read(one).writer == "David Bell" for one in articles[:1])


def _listed(found):
    return found if isinstance(found, list) else [found]
