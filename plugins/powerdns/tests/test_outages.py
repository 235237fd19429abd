"""A server that is away is told from one that answers; only the first may stop its other jobs."""

from __future__ import annotations

import pytest

from ezcore.plugin_api import OutcomeUnknown, RetryAfter
from ezcore.plugin_api.sandbox import Fault


def test_nobody_at_the_address_counts_against_the_server(imitated):
    imitated.context.values["api_url"] = "http://127.0.0.1:1"
    with pytest.raises(RetryAfter) as heard:
        imitated.provider.find_zone("example.com")
    assert heard.value.unreachable
    with pytest.raises(RetryAfter) as heard:
        imitated.provider.create_zone(imitated.call("job-1"), "example.com")
    assert heard.value.unreachable


@pytest.mark.parametrize(
    ("body", "unreachable"),
    [("<html>a proxy</html>", True), ({"id": "other.", "name": "other."}, False), ({"data": None}, False)],
    ids=["no JSON", "another zone", "another shape"],
)
def test_an_answer_of_its_kind_is_an_answer(imitated, body, unreachable):
    imitated.app.faults.script(Fault("zones.get", "hostile", args={"body": body}))
    with pytest.raises(RetryAfter) as heard:
        imitated.provider.find_zone("example.com")
    assert heard.value.unreachable is unreachable


def test_a_zone_that_was_made_and_comes_back_as_another_is_no_outage(imitated):
    other = {"id": "other.", "name": "other.", "account": ""}
    imitated.app.faults.script(Fault("zones.create", "hostile", args={"body": other}))
    with pytest.raises(OutcomeUnknown) as heard:
        imitated.provider.create_zone(imitated.call("job-1"), "example.com")
    assert not heard.value.unreachable
