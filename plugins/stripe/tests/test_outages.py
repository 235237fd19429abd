"""Stripe away is told from Stripe answering; only the first may stop the payments of everybody."""

from __future__ import annotations

import pytest
from ez_stripe.account import StripeAccount
from ez_stripe.gateway import StripeGateway
from ez_stripe.sandbox import sandbox_settings
from ez_stripe.settings import StripeSettings

from ezcore.plugin_api import OutcomeUnknown, RetryAfter
from ezcore.plugin_api.sandbox import Fault


def test_nobody_at_the_address_counts_against_the_gateway():
    settings = StripeSettings(**sandbox_settings("http://127.0.0.1:1", None))
    with pytest.raises(RetryAfter) as heard:
        StripeGateway(StripeAccount(lambda: settings)).find("job-1")
    assert heard.value.unreachable


@pytest.mark.parametrize(
    ("fault", "args", "away"),
    [
        ("lose_request", {}, True),
        ("error", {"status": 502, "body": "<html>Bad Gateway</html>"}, True),
        ("rate_limit", {}, False),
        ("hostile", {"body": {"data": 7}}, False),
    ],
)
def test_an_outage_while_asking_is_told_from_an_answer(account, sandbox, fault, args, away):
    sandbox.faults.script(Fault("payment_intents.list", fault, args=args))
    with pytest.raises((RetryAfter, OutcomeUnknown)) as heard:
        StripeGateway(account).find("job-1")
    assert heard.value.unreachable is away
