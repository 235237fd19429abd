"""Bad settings are refused with the field's name; without agreement nothing is issued."""

from __future__ import annotations

import pytest
from ez_acme.network import _seconds
from ez_acme.settings import LETS_ENCRYPT, AcmeSettings
from pydantic import ValidationError

from ezcore.plugin_api import PermanentFailure


def test_lets_encrypt_is_meant_when_nothing_is_said():
    assert AcmeSettings().directory_url == LETS_ENCRYPT


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("directory_url", "http://acme.example/dir"),
        ("directory_url", "https://user@acme.example/dir"),
        ("contact_email", "nobody"),
        ("contact_email", "a@example.com, b@example.com"),
        ("eab_hmac_key", "not base64 !"),
        ("timeout", "0"),
    ],
)
def test_bad_values_name_their_field(name, value):
    with pytest.raises(ValidationError) as caught:
        AcmeSettings.model_validate({name: value})
    assert caught.value.errors()[0]["loc"][0] == name


def test_half_an_account_binding_is_refused():
    with pytest.raises(ValidationError, match="both its key id and its HMAC key"):
        AcmeSettings.model_validate({"eab_key_id": "kid-1"})


def test_nothing_is_issued_before_the_terms_are_agreed_to(house):
    house.context.values["terms_agreed"] = "false"
    with pytest.raises(PermanentFailure, match="terms"):
        house.authority.test_connection()
    assert house.app.calls.all() == []


@pytest.mark.parametrize(
    ("given", "seconds"),
    [
        ("120", 120),
        ("Mon, 02 Mar 2026 09:10:00 GMT", 600),
        ("Mon, 02 Mar 2026 08:00:00 GMT", 1),
        ("9" * 40, 604_800),
        ("soon", None),
        ("", None),
        (None, None),
    ],
)
def test_the_time_to_wait_is_read_in_both_forms(given, seconds):
    assert _seconds(given, "Mon, 02 Mar 2026 09:00:00 GMT") == seconds
