"""A vendor who is away is told from one who answers; only the first may stop all jobs of zones and names."""

from __future__ import annotations

import pytest
from ez_cloudflare.workflows import Workflow, wait_for

from ezcore.plugin_api import OutcomeUnknown, RetryAfter


@pytest.fixture
def away(house):
    house.context.values["api_base"] = "http://127.0.0.1:1/client/v4"
    return house


def test_nobody_at_the_address_counts_against_the_vendor(away):
    for ask in (lambda: away.dns.find_zone("example.com"), lambda: away.registrar.info("tamm.com")):
        with pytest.raises(RetryAfter) as heard:
            ask()
        assert heard.value.unreachable


@pytest.mark.parametrize(
    ("body", "unreachable"),
    [
        ("<html>a proxy</html>", True),
        ({"success": True, "errors": [], "messages": [], "result": {"id": 7}}, False),
        ({"success": None}, False),
    ],
    ids=["no JSON", "another shape", "no answer to what was asked"],
)
def test_an_answer_of_its_kind_is_an_answer(house, body, unreachable):
    house.fault("zones.list", "hostile", body=body)
    with pytest.raises(RetryAfter) as heard:
        house.dns.find_zone("example.com")
    assert heard.value.unreachable is unreachable


def test_a_state_that_nobody_knows_is_no_outage():
    with pytest.raises(OutcomeUnknown) as heard:
        wait_for(Workflow(state="levitating", completed=False), "tamm.com")
    assert not heard.value.unreachable
