"""One session, kept, closed by the registry and made anew; frames however they are cut."""

from __future__ import annotations

import pytest
from ez_epp import xml
from ez_epp.settings import EppSettings
from pydantic import ValidationError

from ezcore.plugin_api import NeedsInfo, RetryAfter
from ezcore.plugin_api.sandbox import make_ca

NAME = "xn--tht-5qa.com"
"""täht: an IDN goes over the wire as its A-label."""


def test_one_session_serves_many_questions(house):
    for _ in range(3):
        house.registrar.check([NAME])
    assert house.app.listener.sessions == 1
    assert b">xn--tht-5qa.com<" in house.app.frames[-2]


def test_a_session_that_the_registry_closed_is_made_anew(house):
    house.registrar.check([NAME])
    house.app.listener.hang_up()
    assert house.registrar.check([NAME])[0].available
    assert house.app.listener.sessions == 2


def test_frames_may_come_in_pieces(house):
    house.app.listener.piece = 3
    assert house.registrar.check([NAME])[0].available


def test_a_certificate_of_somebody_else_is_refused(house, tmp_path):
    house.context.values["ca_file"] = str(make_ca(tmp_path / "other").certificate)
    with pytest.raises(RetryAfter) as refused:
        house.registrar.check([NAME])
    assert refused.value.unreachable
    assert house.app.frames == [], "the password went to a stranger"


def test_a_wrong_password_is_told(house):
    house.context.values["password"] = "not-this-one"
    with pytest.raises(NeedsInfo, match="login"):
        house.registrar.test_connection()


def test_messages_come_one_by_one_oldest_first(house):
    for text in ("first", "second"):
        house.app.domains.message(text, {"name": NAME, "kind": "transfer", "done": "1"})
    seen = []
    while waiting := house.registrar.poll():
        [message] = waiting
        assert house.registrar.poll() == [message], "shown until it is acknowledged"
        seen.append((message.text, message.kind, message.name))
        house.registrar.acknowledge(message.external_id)
        house.registrar.acknowledge(message.external_id)
    assert seen == [("first", "transferred_in", NAME), ("second", "transferred_in", NAME)]


@pytest.mark.parametrize(
    "body",
    [
        b'<!DOCTYPE epp [<!ENTITY a "b">]><epp xmlns="urn:ietf:params:xml:ns:epp-1.0">&a;</epp>',
        b"<html/>",
        b"",
        b"\xff\xfe",
    ],
)
def test_hostile_xml_is_not_read(body):
    with pytest.raises(xml.OddXml):
        xml.read(body)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("host", "https://epp.example.com"),
        ("port", "0"),
        ("username", "x"),
        ("password", "short"),
        ("ca_file", "/no/such/file.pem"),
        ("timeout", "0"),
        ("colour", "red"),
    ],
)
def test_bad_settings_name_their_field(field, value):
    with pytest.raises(ValidationError) as refused:
        EppSettings.model_validate({field: value})
    assert [error["loc"] for error in refused.value.errors()] == [(field,)]
