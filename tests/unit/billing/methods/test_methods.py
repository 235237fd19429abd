"""What gateways tell of stored methods, and the notices before one expires."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from ezcore.automation.expiries import last_day
from ezcore.billing.methods import operations as methods
from ezcore.billing.methods import queries
from ezcore.billing.methods.models import MethodSetup, PaymentMethod
from ezcore.billing.transactions.inbox import apply_fact
from ezcore.kernel.errors import EzError
from ezcore.messaging.models import Mail
from ezcore.plugin_api.ports.gateway import StoredMethod
from ezcore.plugin_api.ports.webhook_source import MethodFact


def card(number=1, expires="2027-02"):
    return StoredMethod(
        external_id=f"pm_{number}", customer_id="cus_1", label=f"Visa {number}", expires=expires
    )


def store(trade, ann, *cards):
    for one in cards:
        with trade.work.write() as uow:
            methods.remember_method(uow, ann.client_id, "stripe", one)


def told(trade, **fact):
    with trade.work.write() as uow:
        return apply_fact(uow, "stripe", MethodFact(customer_id="cus_1", **fact))


def charged(trade, ann):
    with trade.work.read() as uow:
        found = queries.method_of(uow, ann.client_id)
        return found and found.external_id


@pytest.fixture
def ann(trade):
    return trade.newcomer()


def test_a_method_that_went_at_the_gateway_is_gone_in_any_order(trade, ann):
    store(trade, ann, card(1))
    told(trade, removed_id="pm_1")
    told(trade, method=card(1))
    assert charged(trade, ann) is None
    told(trade, removed_id="pm_2")
    told(trade, method=card(2))
    assert charged(trade, ann) is None


def test_a_choice_made_at_the_gateway_is_the_choice_here(trade, ann):
    store(trade, ann, card(1), card(2))
    assert charged(trade, ann) == "pm_2"
    told(trade, method=card(1), is_default=True)
    assert charged(trade, ann) == "pm_1"


def test_a_card_that_the_bank_replaced_has_its_new_date(trade, ann):
    store(trade, ann, card(1, "2027-02"))
    told(trade, method=card(1, "2031-08"))
    with trade.work.read() as uow:
        assert uow.session.scalars(select(PaymentMethod.expires)).one() == "2031-08"


def test_a_customer_who_is_gone_takes_every_method_along(trade, ann):
    store(trade, ann, card(1), card(2))
    told(trade, customer_gone=True)
    assert charged(trade, ann) is None
    with trade.work.read() as uow:
        assert queries.customer_id(uow, ann.client_id, "stripe") is None


def test_a_method_of_somebody_unknown_waits_until_the_gateway_names_them(trade, ann):
    assert "waits for customer cus_1" in told(trade, method=card(1))
    with trade.work.write() as uow:
        methods.remember_customer(uow, ann.client_id, "stripe", "cus_1")
    assert charged(trade, ann) == "pm_1"


def test_a_setup_is_known_by_our_reference(trade, ann):
    with trade.work.write() as uow:
        row = {"reference": "setup_1", "client_id": ann.client_id, "gateway": "stripe"}
        uow.session.add(MethodSetup(**row, created_at=uow.now()))
    assert told(trade, method=card(1), reference="setup_1") is None
    assert charged(trade, ann) == "pm_1"


def test_a_client_is_told_thirty_and_seven_days_before_once_each(trade, ann):
    store(trade, ann, card(1, "2027-03"))
    days = [date(2027, 2, 28), date(2027, 3, 1), date(2027, 3, 2), date(2027, 3, 24), date(2027, 3, 31)]
    told_on = []
    for day in days:
        trade.go_to(day)
        told_on += [str(day)] * len(trade.run("expiries").lines)
        assert trade.run("expiries").lines == []
    # The card is good to the end of March: thirty days before is the 1st, seven days before the 24th.
    assert told_on == ["2027-03-01", "2027-03-24"]
    with trade.work.read() as uow:
        mails = uow.session.scalars(select(Mail.template).where(Mail.template == "method_expires")).all()
    assert len(mails) == 2


def test_an_old_card_that_is_not_charged_any_more_expires_in_silence(trade, ann):
    store(trade, ann, card(1, "2027-02"), card(2, "2031-08"))
    trade.go_to(date(2027, 2, 10))
    assert trade.run("expiries").lines == []


@pytest.mark.parametrize(
    ("expires", "day"),
    [("2027-02", date(2027, 2, 28)), ("2028-02", date(2028, 2, 29)), ("2027-12", date(2027, 12, 31))],
)
def test_a_card_is_good_to_the_end_of_its_month(expires, day):
    assert last_day(expires) == day


@pytest.mark.parametrize("odd", ["2027", "2027-13", "2027-00", "soon", "12-2027-1"])
def test_an_odd_date_is_said_to_be_one(odd):
    with pytest.raises(EzError):
        last_day(odd)
