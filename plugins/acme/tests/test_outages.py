"""An authority that is away is told from one that answers; only the first may stop the orders of everybody."""

from __future__ import annotations

import pytest
from acme import messages
from ez_acme.errors import signal_of
from ez_acme.models import Account
from sqlalchemy import update

from ezcore.plugin_api import OutcomeUnknown
from plugins.acme.tests.conftest import vendor_call


def order(house):
    return house.authority.order(vendor_call("job-1"), ("example.com",), "dns-01")


def test_nobody_at_the_address_counts_against_the_authority(house):
    house.context.values["directory_url"] = "https://127.0.0.1:1/directory"
    with pytest.raises(OutcomeUnknown) as heard:
        order(house)
    assert heard.value.unreachable


def test_an_authority_that_forgot_our_account_is_there(house):
    house.authority.test_connection()
    with house.context.tables() as session:
        gone = house.app.store.all("account")[0]["id"]
        session.execute(update(Account).values(url=Account.url + "gone"))
    assert gone
    with pytest.raises(OutcomeUnknown, match="forgot our account") as heard:
        order(house)
    assert not heard.value.unreachable
    assert order(house).status == "pending"


@pytest.mark.parametrize(("code", "away"), [("serverInternal", True), ("connection", False)])
def test_its_own_trouble_is_told_from_a_host_that_it_does_not_reach(code, away):
    signal = signal_of(messages.Error.with_code(code, detail="no"), None)
    assert isinstance(signal, OutcomeUnknown)
    assert signal.unreachable is away
