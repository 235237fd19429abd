"""What every webhook source must be able to promise: nothing forged, altered or replayed gets in."""

# ruff: noqa: D102 - a test is named by its promise

from __future__ import annotations

from datetime import timedelta

import pytest

from ezcore.plugin_api.errors import BadSignature, Malformed
from ezcore.testkit.gateway_case import SignedWebhooks


class WebhookSourceContract:
    """Inherit and give the fixture `signed_webhooks`."""

    @pytest.fixture
    def signed_webhooks(self) -> SignedWebhooks:
        """The source under test, with a message as its vendor sends it."""
        raise NotImplementedError("give a fixture signed_webhooks that returns SignedWebhooks")

    def test_a_message_signed_by_the_vendor_comes_in(self, signed_webhooks: SignedWebhooks) -> None:
        hooks = signed_webhooks
        hooks.source.verify(hooks.sign(hooks.body, hooks.now), hooks.body, hooks.now)
        assert hooks.source.parse(hooks.body).external_id

    def test_a_message_without_a_signature_stays_outside(self, signed_webhooks: SignedWebhooks) -> None:
        hooks = signed_webhooks
        with pytest.raises(BadSignature):
            hooks.source.verify({"content-type": "application/json"}, hooks.body, hooks.now)

    def test_an_altered_message_stays_outside(self, signed_webhooks: SignedWebhooks) -> None:
        hooks = signed_webhooks
        headers = hooks.sign(hooks.body, hooks.now)
        for altered in (hooks.body + b" ", hooks.body[:-1], hooks.body.swapcase(), b""):
            with pytest.raises(BadSignature):
                hooks.source.verify(headers, altered, hooks.now)

    @pytest.mark.parametrize(
        "value", ["", "x", "t=,v1=", "\u00e9", "t=99999999999999999999,v1=00", "a" * 10_000]
    )
    def test_a_signature_that_makes_no_sense_stays_outside(
        self, signed_webhooks: SignedWebhooks, value: str
    ) -> None:
        hooks = signed_webhooks
        nonsense = dict.fromkeys(hooks.sign(hooks.body, hooks.now), value)
        with pytest.raises(BadSignature):
            hooks.source.verify(nonsense, hooks.body, hooks.now)

    @pytest.mark.parametrize("age", [timedelta(days=1), -timedelta(days=1)], ids=["old", "of tomorrow"])
    def test_a_replayed_message_stays_outside(self, signed_webhooks: SignedWebhooks, age: timedelta) -> None:
        hooks = signed_webhooks
        headers = hooks.sign(hooks.body, hooks.now - age)
        with pytest.raises(BadSignature):
            hooks.source.verify(headers, hooks.body, hooks.now)

    def test_the_same_message_has_the_same_name_each_time(self, signed_webhooks: SignedWebhooks) -> None:
        parse = signed_webhooks.source.parse
        assert parse(signed_webhooks.body) == parse(signed_webhooks.body)

    @pytest.mark.parametrize(
        "body", [b"", b"\xff\xfe", b"[]", b"null", b'"text"', b"{}", b'{"id": 7', b'{"id": []}']
    )
    def test_a_signed_body_that_cannot_be_read_is_said_to_be_so(
        self, signed_webhooks: SignedWebhooks, body: bytes
    ) -> None:
        with pytest.raises(Malformed):
            signed_webhooks.source.parse(body)
