"""Zammad's webhooks are believed by their signature over the raw bytes, and are hints."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from pathlib import Path

import pytest
from ez_zammad.sandbox import SECRET
from ez_zammad.shapes import ArticleSeen, TicketSeen

from ezcore.plugin_api import BadSignature, Malformed
from ezcore.plugin_api.ports.webhook_source import HelpdeskFact

BODY = json.dumps({"ticket": {"id": 7, "title": "x"}, "article": {}}).encode()
CONTRACTS = os.environ.get("EZ_CONTRACTS")


def signed(body: bytes, secret: str = SECRET) -> dict[str, str]:
    return {"x-hub-signature": "sha1=" + hmac.new(secret.encode(), body, hashlib.sha1).hexdigest()}


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
