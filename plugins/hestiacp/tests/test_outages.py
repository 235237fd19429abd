"""A server that is away is told from one that answers and did not do it; only the first may stop its other jobs."""

from __future__ import annotations

import pytest

from ezcore.plugin_api import OutcomeUnknown, RetryAfter

NOBODY = "https://127.0.0.1:1"
YES = {"status": 200, "body": "", "headers": {"Hestia-Exit-Code": "0"}}
"""The panel says yes and does nothing."""


def opened(report):
    return [one for one in report.signals if isinstance(one, OutcomeUnknown | RetryAfter)]


def test_nobody_at_the_address_counts_against_the_server(house):
    made = house.created()
    away = house.with_settings(api_url=NOBODY)
    with pytest.raises(OutcomeUnknown) as heard:
        house.module.look(away, made)
    assert heard.value.unreachable
    report = house.run("suspend", "op_1", made, server=away, limit=2)
    assert [one.unreachable for one in opened(report)] == [True, True]


@pytest.mark.parametrize(("verb", "command"), [("suspend", "v-suspend-user"), ("terminate", "v-delete-user")])
def test_a_server_that_says_yes_and_did_nothing_is_there(house, verb, command):
    made = house.created()
    house.fault(command, "error", **YES)
    report = house.run(verb, "op_1", made)
    assert report.state == "complete", report.said
    assert [one.unreachable for one in opened(report)] == [False]


def test_an_account_that_was_made_and_is_not_there_is_no_outage(house):
    house.fault("v-add-user", "error", **YES)
    report = house.run("create")
    assert report.state == "complete", report.said
    assert [one.unreachable for one in opened(report)] == [False]


@pytest.mark.parametrize(("code", "status"), [(20, 200), (14, 200)], ids=["half done", "overloaded"])
def test_an_exit_code_is_an_answer(house, code, status):
    made = house.created()
    house.fault(
        "v-suspend-user", "error", status=status, body="Error: no", headers={"Hestia-Exit-Code": str(code)}
    )
    report = house.run("suspend", "op_1", made)
    assert report.state == "complete", report.said
    assert [one.unreachable for one in opened(report)] == [False]


def test_a_list_of_another_shape_is_an_answer_of_the_panel(house):
    made = house.created()
    house.fault("v-list-user", "error", status=200, body="[]", headers={"Hestia-Exit-Code": "0"})
    with pytest.raises(OutcomeUnknown) as heard:
        house.module.look(house.server, made)
    assert not heard.value.unreachable
