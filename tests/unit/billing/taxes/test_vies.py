"""The client of VIES: whatever comes back, only a clear answer counts; all else is `unavailable`, never `invalid`."""

from __future__ import annotations

import json

import pytest

from ezcore.billing.taxes.sandbox import ViesSandbox, fetch_from
from ezcore.billing.taxes.vies import Vies
from ezcore.plugin_api.sandbox import Fault, SandboxOptions, Store

NUMBER = "FI20774740"


def answered(body, status=200):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Vies("http://vies.example", fetch=lambda _address, _seconds: (status, raw)).check(NUMBER)


def test_a_valid_number_comes_with_name_address_and_proof(vies):
    found = Vies(vies.address).check(NUMBER, "EE100931558")
    assert (found.status, found.name, found.address) == ("valid", "Esimerkki Oy", "Main street 1 10111 Town")
    assert found.consultation_number == "WAPIAAAA00000001"


def test_without_a_number_of_ours_there_is_no_proof(vies):
    assert Vies(vies.address).check(NUMBER).consultation_number == ""


def test_what_a_member_state_does_not_tell_is_empty(vies):
    found = Vies(vies.address).check("DE136695976")
    assert (found.status, found.name, found.address) == ("valid", "", "")


def test_an_unknown_number_is_invalid(vies):
    assert Vies(vies.address).check("FI20774741").status == "invalid"


@pytest.mark.parametrize(
    "body",
    [
        {"isValid": False, "userError": "MS_UNAVAILABLE"},
        {"isValid": False, "userError": "MS_MAX_CONCURRENT_REQ"},
        {"isValid": False, "userError": "GLOBAL_MAX_CONCURRENT_REQ"},
        {"isValid": False, "userError": "TIMEOUT"},
        {"isValid": False, "userError": "INVALID_REQUESTER_INFO"},
        {"isValid": True, "userError": "SERVICE_UNAVAILABLE"},
        {"actionSucceed": False, "errorWrappers": [{"error": "MS_UNAVAILABLE"}]},
        {"isValid": "yes", "userError": "VALID"},
        {"isValid": 1},
        {"isValid": True, "errorWrappers": [{}]},
        {},
        [],
        "VALID",
        None,
        b"<html>Service Unavailable</html>",
        b"",
        b"\xff\xfe",
    ],
)
def test_what_is_no_clear_answer_is_no_answer(body):
    assert answered(body).status == "unavailable"


def test_errors_of_the_server_are_no_answer_either(vies):
    vies.fault("error", status=503, body="down")
    assert Vies(vies.address).check(NUMBER).status == "unavailable"
    vies.fault("lose_answer")
    assert Vies(vies.address).check(NUMBER).status == "unavailable"
    vies.fault("hostile", status=302, headers={"Location": f"{vies.address}/ms/DE/vat/136695976"}, body="")
    assert Vies(vies.address).check("FI20774741").status == "unavailable"
    assert vies.calls() == 3  # it was not followed


def test_a_register_that_is_slow_is_not_waited_for(vies):
    vies.fault("delay", seconds=3)
    found = Vies(vies.address, seconds=1).check(NUMBER)
    assert (found.status, "imeout" in found.cause) == ("unavailable", True)


def test_hostile_text_is_one_short_line():
    found = answered(
        {"isValid": True, "userError": "VALID", "name": "A\r\nBcc: x\u202e" + "x" * 500, "address": ["a"]}
    )
    assert found.name.startswith("A Bcc: x")
    assert len(found.name) <= 200


def test_without_an_address_nobody_is_asked():
    assert Vies("").check(NUMBER).status == "unavailable"


def test_the_simulation_asks_without_a_socket():
    app = ViesSandbox(Store(), SandboxOptions())
    register = Vies("http://vies.example", fetch=fetch_from(app))
    assert register.check(NUMBER, "EE100931558").status == "valid"
    app.faults.script(Fault("check", "lose_answer"))
    assert register.check(NUMBER).status == "unavailable"
