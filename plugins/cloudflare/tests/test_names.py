"""The registrar's workflow in all its states, and what is particular to Cloudflare."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from ezcore.plugin_api import NeedsInfo, OutcomeUnknown, PermanentFailure, RetryAfter, StillRunning
from ezcore.plugin_api.ports.registrar import DomainContacts
from ezcore.testkit import RegistrarCase
from ezcore.testkit.registrar_case import AUTH_CODE, CONTACT

NAME = "tamm.com"


@pytest.fixture
def case(house):
    return RegistrarCase(
        registrar=house.registrar, sandbox=house.app, calls={"register": "registrations.create"}, held=len,
        bought=lambda name: sum(one["name"] == name for one in house.app.store.all("purchase")),
        taken=print, stranger=print, remove=print, wait=house.wait,
    )  # fmt: skip


def order(case, key="job-1", answer=None):
    return case.registrar.register(case.call(key, answer=answer), case.request(NAME))


def decide(house, state):
    house.app.names.flow.decide(NAME, state)


def test_an_order_is_accepted_and_asked_about_later(case, house):
    with pytest.raises(StillRunning) as first:
        order(case)
    assert first.value.handle == {"state": "pending"}
    house.wait(2)
    with pytest.raises(StillRunning) as second:
        order(case)
    assert second.value.handle == {"state": "in_progress"}
    house.wait(5)
    assert order(case).state == "active"
    assert case.asked("register") == 1


def test_a_blocked_order_is_asked_about_rarely(case, house):
    house.fault("registrations.create", "late_failure", state="blocked", seconds=1000)
    with pytest.raises(StillRunning):
        order(case)
    house.wait(10)
    with pytest.raises(StillRunning) as waits:
        order(case)
    assert waits.value.check_after >= 600
    house.wait(1000)
    assert order(case).state == "active"


def test_an_order_that_waits_for_us_becomes_a_question(case, house):
    house.fault("registrations.create", "late_failure", state="action_required", message="verify your e-mail")
    with pytest.raises(StillRunning):
        order(case)
    house.wait(10)
    with pytest.raises(NeedsInfo, match="verify your e-mail"):
        order(case)
    decide(house, "succeeded")
    house.wait(5)
    assert order(case).state == "active"


def test_what_failed_is_ordered_again_only_when_a_person_says_so(case, house):
    house.fault("registrations.create", "late_failure", message="registry says no")
    with pytest.raises(StillRunning):
        order(case)
    house.wait(10)
    for _ in range(2):
        with pytest.raises(PermanentFailure, match="registry says no"):
            order(case)
    with pytest.raises(StillRunning):
        order(case, answer="Again")
    house.wait(10)
    assert order(case).state == "active"
    assert case.bought(NAME) == 1


def test_an_answer_lost_after_the_order_is_looked_for(case, house):
    house.fault("registrations.create", "lose_answer")
    with pytest.raises(OutcomeUnknown):
        order(case)
    house.wait(10)
    house.fault("registrations.get", "stale_read", times=2, seconds=3600)
    with pytest.raises(RetryAfter, match="not listed yet"):
        order(case)
    assert order(case).state == "active"
    assert case.asked("register") == 1


def test_the_registrant_is_always_sent_and_personal_data_stay_out_of_the_log(case, house):
    case.registered("job-1", NAME)
    sent = [one.json() for one, _ in house.app.exchanges if one.path.endswith("/registrations")]
    person = sent[0]["contacts"]["registrant"]
    assert person["postal_info"]["name"] == CONTACT.name
    assert person["phone"] == CONTACT.phone
    assert person["postal_info"]["address"]["street"] == "Pikk 1, korter 2"
    assert CONTACT.email not in case.everything_said()


@pytest.mark.parametrize(
    ("field", "value"), [("phone", "5123456"), ("name", " "), ("city", ""), ("street", ())]
)
def test_a_contact_that_is_not_whole_is_refused_by_its_field(case, field, value):
    contact = CONTACT.model_copy(update={field: value})
    asked = case.request(NAME).model_copy(update={"contacts": DomainContacts(registrant=contact)})
    with pytest.raises(PermanentFailure, match=field):
        case.registrar.register(case.call("job-1"), asked)
    assert case.asked("register") == 0


@pytest.mark.parametrize("name", ["a.sh", "b.lol", "c.nowhere", "premium-x.com"])
def test_what_is_not_sold_is_said_in_words(case, name):
    [offer] = case.registrar.check([name])
    assert not offer.available
    assert "sold" in offer.reason


def test_a_transfer_takes_its_time_and_keeps_its_code_secret(case, house):
    house.app.store.put("elsewhere", NAME, {"name": NAME, "auth_code": AUTH_CODE})
    asked = case.request(NAME, auth_code=AUTH_CODE)
    moved = case.insist("job-1", lambda call: case.registrar.transfer(call, asked))
    assert moved.state == "active"
    assert any(isinstance(signal, StillRunning) for signal in case.signals)
    assert AUTH_CODE not in case.everything_said() + json.dumps(house.app.calls.all())


def test_auto_renewal_renews_before_the_name_expires(case, house):
    made = case.registered("job-1", NAME)
    case.registrar.set_auto_renew(case.call("job-2"), NAME, on=True)
    house.app.clock.advance(timedelta(days=340))
    assert case.registrar.info(NAME).expires_on.year == made.expires_on.year + 1


def test_without_auto_renewal_a_name_expires_and_goes(case, house):
    case.registered("job-1", NAME)
    for days, state in ((366, "grace"), (40, "redemption"), (40, "gone")):
        house.app.clock.advance(timedelta(days=days))
        assert case.registrar.info(NAME).state == state


def test_where_the_older_endpoint_is_gone_staff_are_asked(case, house):
    case.registered("job-1", NAME)
    body = {
        "success": False,
        "errors": [{"code": 7000, "message": "No route"}],
        "messages": [],
        "result": None,
    }
    house.fault("registrar_domains.update", "error", status=410, body=body)
    with pytest.raises(NeedsInfo, match="dashboard"):
        case.registrar.set_lock(case.call("job-2"), NAME, on=False)


def test_prices_know_the_least_number_of_years(case):
    prices = {terms.tld: terms for terms in case.registrar.prices()}
    assert prices["ai"].min_years == 2
    assert prices["co.uk"].register_price.currency == "USD"
    assert "sh" not in prices
