"""Keys in the wrong place or of two modes are refused before anything is charged."""

from __future__ import annotations

from typing import Any

import pytest
from ez_stripe.sandbox import sandbox_settings
from ez_stripe.settings import StripeSettings
from pydantic import ValidationError


def test_the_mode_is_read_off_the_key() -> None:
    assert StripeSettings(secret_key="sk_test_abcd").livemode is False
    assert StripeSettings(secret_key="rk_live_abcd").livemode is True


@pytest.mark.parametrize(
    "told",
    [
        {"secret_key": "pk_test_abcd"},
        {"secret_key": ""},
        {"secret_key": "sk_test_abcd", "publishable_key": "sk_test_abcd"},
        {"secret_key": "sk_test_abcd", "publishable_key": "pk_live_abcd"},
        {"secret_key": "sk_test_abcd", "api_base": "http://stripe.example.test"},
        {"secret_key": "sk_test_abcd", "colour": "blue"},
    ],
)
def test_wrong_settings_are_refused(told: Any) -> None:
    with pytest.raises(ValidationError):
        StripeSettings(**told)


def test_several_webhook_secrets_are_accepted_while_one_is_replaced() -> None:
    settings = StripeSettings(secret_key="sk_test_abcd", webhook_secret="whsec_old, whsec_new\n")
    assert settings.webhook_secrets == ("whsec_old", "whsec_new")
    assert StripeSettings(secret_key="sk_test_abcd").webhook_secrets == ()


def test_secrets_are_not_seen_when_settings_are_printed() -> None:
    settings = StripeSettings(secret_key="sk_test_hidden1", webhook_secret="whsec_hidden2")
    assert "hidden" not in f"{settings!r}{settings}{settings.model_dump_json()}"


def test_the_sandbox_gives_settings_that_are_accepted_and_known_as_no_stripe() -> None:
    settings = StripeSettings(**sandbox_settings("http://127.0.0.1:12111", None))
    assert settings.is_sandbox
    assert not settings.livemode
