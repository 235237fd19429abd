"""A cluster that is away is told from one that answers; only the first may stop its other jobs."""

from __future__ import annotations

import pytest
from ez_proxmox.errors import Kind, ProxmoxError, failed_task, refusal
from ez_proxmox.signals import signal_of

from ezcore.plugin_api import OutcomeUnknown, RetryAfter

NOBODY = "https://127.0.0.1:1"


def test_nobody_at_the_address_counts_against_the_cluster(house):
    made = house.created()
    away = house.with_settings(api_url=NOBODY)
    with pytest.raises(RetryAfter) as heard:
        house.module.look(away, made)
    assert heard.value.unreachable
    report = house.run("suspend", "op_1", made, server=away, limit=2)
    assert [type(one) for one in report.signals] == [RetryAfter, RetryAfter]
    assert all(one.unreachable for one in report.signals)


@pytest.mark.parametrize(
    ("status", "text", "away"),
    [
        (502, "Bad Gateway", True),
        (503, "Service Unavailable", True),
        (504, "Gateway Timeout", True),
        (595, "No route to host", True),
        (596, "Connection timed out", True),
        (429, "Too Many Requests", False),
        (500, "VM is locked (clone)", False),
        (500, "got no worker upid - start worker failed", False),
        (500, "Configuration file 'nodes/pve1/qemu-server/999.conf' does not exist", False),
    ],
)
@pytest.mark.parametrize("changes", [True, False], ids=["asked to change", "asked to tell"])
def test_only_what_a_gateway_says_of_a_silent_cluster_is_an_outage(status, text, away, changes):
    signal = signal_of(refusal(status, text, changes=changes))
    assert isinstance(signal, OutcomeUnknown | RetryAfter)
    assert signal.unreachable is away


def test_a_task_that_ended_badly_and_an_odd_list_are_answers():
    assert not signal_of(failed_task("VM is locked (backup)")).unreachable
    assert not signal_of(ProxmoxError(Kind.UNREACHABLE, "the list of nodes is no list")).unreachable
    assert not signal_of(ProxmoxError(Kind.UNKNOWN, "the answer is neither empty nor a task")).unreachable


def test_a_list_of_another_shape_is_an_answer_of_the_cluster(house):
    made = house.created()
    house.fault("*", "hostile", times=-1, body={"data": 7})
    with pytest.raises((RetryAfter, OutcomeUnknown)) as heard:
        house.module.look(house.server, made)
    assert not heard.value.unreachable
