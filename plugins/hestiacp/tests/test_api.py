"""What goes over the wire: certificates are checked, secrets stay secret, only the exit code decides."""

from __future__ import annotations

import logging

import pytest
from ez_hestiacp.api import HestiaApi
from ez_hestiacp.errors import BY_CODE, Code, HestiaError, Kind
from ez_hestiacp.sandbox.seed import ACCESS_KEY, SECRET_KEY


def failure(call, *args, **kwargs) -> HestiaError:
    with pytest.raises(HestiaError) as raised:
        call(*args, **kwargs)
    return raised.value


@pytest.fixture
def api(house):
    with HestiaApi(house.server.settings) as opened:
        yield opened


def test_the_certificate_is_checked_against_the_ca_file(house):
    with HestiaApi(house.with_settings(ca_file="").settings) as api:
        error = failure(api.read, "v-list-users")
    assert error.kind is Kind.UNREACHABLE
    assert "certificate" in error.text


@pytest.mark.parametrize("change", [{"secret_key": "X" * 40}, {"access_key": "WRONGWRONGWRONGWRONG"}])
def test_a_wrong_key_is_denied_and_never_shown(house, change):
    with HestiaApi(house.with_settings(**change).settings) as api:
        error = failure(api.read, "v-list-users")
    assert error.kind is Kind.DENIED
    assert "X" * 40 not in error.text
    assert SECRET_KEY not in repr(house.server)


def test_a_suspended_account_is_401_and_says_nothing_against_our_key(house, api):
    house.stranger()
    house.by_hand("stranger", suspended=True)
    error = failure(api.change, "v-change-user-password", "stranger", "Passw0rdAA", secret=(2,))
    assert (error.status, error.code, error.kind) == (401, Code.SUSPENDED, Kind.SUSPENDED)


def test_a_text_error_with_exit_code_0_is_a_success(house_with):
    house = house_with(imap_system="")
    house.stranger()
    with HestiaApi(house.server.settings) as api:
        assert api.change("v-suspend-user", "stranger", "no").startswith("Error:")
    assert house.users()["stranger"]["suspended"] is True


def test_a_lost_answer_to_a_change_is_of_unknown_outcome_and_to_a_reading_is_not(house, api):
    house.stranger()
    house.fault("v-suspend-user", "lose_answer")
    house.fault("v-list-users", "lose_answer")
    assert failure(api.change, "v-suspend-user", "stranger", "no").kind is Kind.UNKNOWN
    assert failure(api.read, "v-list-users").kind is Kind.UNREACHABLE


@pytest.mark.parametrize(
    "reply",
    [
        {"status": 200, "body": "OK"},  # the legacy path
        {"status": 502, "body": "<html>Bad Gateway</html>"},
        {"status": 504, "body": ""},
        {"status": 200, "body": "0", "headers": {"Hestia-Exit-Code": "yes"}},
        {"status": 302, "body": "", "headers": {"Location": "https://example.test/"}},
    ],
)
def test_an_answer_without_an_exit_code_decides_nothing(house, api, reply):
    house.stranger()
    house.fault("v-suspend-user", "error", **reply)
    assert failure(api.change, "v-suspend-user", "stranger", "no").kind is Kind.UNKNOWN


@pytest.mark.parametrize("body", ["[]", "null", "{", "7", '"x"', "OK"])
def test_a_list_that_is_no_object_is_not_believed(house, api, body):
    house.fault("v-list-users", "error", status=200, body=body, headers={"Hestia-Exit-Code": "0"})
    assert failure(api.read, "v-list-users").kind is Kind.UNREACHABLE


def test_an_answer_that_drips_for_ever_is_given_up(house):
    house.app.sleep = __import__("time").sleep
    house.fault("v-list-users", "delay", seconds=3)
    with HestiaApi(house.with_settings(timeout=1).settings) as api:
        assert failure(api.read, "v-list-users").kind is Kind.UNREACHABLE


def test_nobody_listens_means_certainly_not_done(house):
    with HestiaApi(house.with_settings(api_url="https://127.0.0.1:9").settings) as api:
        assert failure(api.change, "v-suspend-user", "x", "no").kind is Kind.UNREACHABLE


def test_no_log_shows_a_secret(house, caplog):
    caplog.set_level(logging.DEBUG)
    lines = []
    with HestiaApi(house.server.settings, lambda *line: lines.append(line)) as api:
        api.change("v-add-user", "ana", "Passw0rdAA", "a@example.test", "default", secret=(2,))
        api.read("v-list-users")
    assert lines == [("v-add-user ana ******** a@example.test default", "done", 200)]
    assert not any(
        secret in caplog.text + str(house.app.calls.all()) for secret in ("Passw0rdAA", SECRET_KEY)
    )


def test_looking_for_what_is_not_there_is_no_news(house):
    lines = []
    with HestiaApi(house.server.settings, lambda *line: lines.append(line)) as api:
        assert failure(api.read, "v-list-user", "ghost").kind is Kind.NOT_FOUND
    assert lines == []


def test_every_code_of_hestia_means_something():
    assert set(BY_CODE) == set(Code) - {Code.OK}
    assert len(ACCESS_KEY) == 20
