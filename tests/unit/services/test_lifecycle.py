"""A service does one thing at a time, moves only where it may, and ends when its paid time is over."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, select

from ezcore.billing.credit import operations as credit
from ezcore.billing.invoices.models import Invoice
from ezcore.jobs.models import Job
from ezcore.kernel.errors import NotAllowed, Refused
from ezcore.kernel.money import Money
from ezcore.services.lifecycle import operations as lifecycle
from ezcore.services.services import operations as services
from ezcore.services.services.models import Service, ServiceState
from ezcore.services.services.rules import MOVES, VERBS, IllegalMove, check_move, check_verb
from tests.fixtures_trade import at_once


def request(trade, service, verb, actor=None):
    with trade.work.write(*([actor] if actor else [])) as uow:
        return lifecycle.request(uow, uow.session.get_one(Service, service), verb, "test").id


def jobs(trade, kind):
    with trade.work.read() as uow:
        return uow.session.scalar(select(func.count()).where(Job.kind == kind))


def test_H11_create_pressed_eight_times_at_once_is_one_job(each_trade):
    ann = each_trade.newcomer()
    each_trade.order(ann)
    with each_trade.work.read() as uow:
        service = uow.session.scalars(select(Service.id)).one()
    done = at_once(8, lambda _: request(each_trade, service, "create"))
    assert sum(isinstance(one, int) for one in done) == 1
    assert all(isinstance(one, int | Refused) for one in done)
    assert jobs(each_trade, "services.create") == 1


@pytest.mark.parametrize("verbs", [("suspend", "terminate"), ("terminate", "suspend")])
def test_a_busy_service_takes_no_second_action(trade, verbs):
    service = trade.active_service()
    request(trade, service, verbs[0])
    with pytest.raises(Refused, match="another action"):
        request(trade, service, verbs[1])


@pytest.mark.parametrize("old", ServiceState)
@pytest.mark.parametrize("new", ServiceState)
def test_I25_only_the_moves_of_the_table_are_possible(old, new):
    if new in MOVES[old]:
        check_move(old, new)
    else:
        with pytest.raises(IllegalMove):
            check_move(old, new)


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_leads_to_its_state_by_a_legal_move(verb):
    sources, target = VERBS[verb]
    if target is not None:  # else the service stays what it is
        assert all(target in MOVES[source] or target == source for source in sources)
    for state in set(ServiceState) - sources:
        with pytest.raises(IllegalMove):
            check_verb(verb, state)


def test_what_is_over_stays_over(trade):
    service = trade.active_service()
    request(trade, service, "terminate")
    trade.settle()
    for verb in VERBS:
        with pytest.raises(IllegalMove):
            request(trade, service, verb)


def test_a_client_cannot_ask_for_an_action_by_themselves(trade):
    ann = trade.newcomer()
    trade.pay(trade.order(ann))
    trade.settle()
    with pytest.raises(NotAllowed):
        request(trade, 1, "terminate", ann)


def cancel(trade, service):
    with trade.work.write() as uow:
        services.schedule_cancellation(uow, uow.session.get_one(Service, service), "done")


def keep(trade, service):
    with trade.work.write() as uow:
        services.keep(uow, uow.session.get_one(Service, service))


def test_a_cancelled_service_lives_until_its_paid_time_is_over(trade):
    service = trade.active_service()
    cancel(trade, service)
    assert trade.service(service).cancel_on == date(2027, 2, 28)
    trade.go_to(date(2027, 2, 27))
    assert trade.run("cancellations").lines == []
    trade.go_to(date(2027, 2, 28))
    assert len(trade.run("cancellations").lines) == 1
    assert trade.service(service).state == "terminated"
    assert trade.run("cancellations").lines == []


def test_what_was_invoiced_for_the_time_after_the_cancellation_is_not_owed(trade):
    """The renewal is issued a week ahead; who cancels in that week is not charged for it."""
    service = trade.active_service()
    trade.go_to(date(2027, 2, 22))
    trade.run("renewals")
    [renewal] = trade.unpaid()
    cancel(trade, service)
    assert trade.invoice(renewal).status == "cancelled"
    assert trade.unpaid() == []
    trade.go_to(date(2027, 2, 27))
    assert trade.run("renewals").lines == []
    assert trade.broken() == []


def test_who_changes_their_mind_is_invoiced_again_for_the_same_period(trade):
    service = trade.active_service()
    trade.go_to(date(2027, 2, 22))
    trade.run("renewals")
    cancel(trade, service)
    keep(trade, service)
    trade.run("renewals")
    [renewal] = trade.unpaid()
    with trade.work.read() as uow:
        [line] = uow.session.get_one(Invoice, renewal).lines
        assert (line.period_start, line.period_end) == (date(2027, 2, 28), date(2027, 3, 31))
    assert trade.broken() == []


def test_a_renewal_that_is_paid_already_is_used_up_first(trade):
    service = trade.active_service()
    trade.go_to(date(2027, 2, 22))
    trade.run("renewals")
    trade.pay(trade.unpaid()[0])
    cancel(trade, service)
    assert trade.service(service).cancel_on == date(2027, 3, 31)


def test_a_cancellation_is_scheduled_and_taken_back_once(trade):
    service = trade.active_service()
    cancel(trade, service)
    with pytest.raises(Refused):
        cancel(trade, service)
    keep(trade, service)
    with pytest.raises(Refused):
        keep(trade, service)


def test_another_client_cannot_cancel(trade):
    service, bob = trade.active_service("Ann"), trade.newcomer("Bob")
    with trade.work.write(bob) as uow, pytest.raises(NotAllowed):
        services.schedule_cancellation(uow, trade.service(service), "mine now")


def test_a_secret_is_shown_once(trade):
    service = trade.active_service()
    with trade.work.write() as uow:
        assert services.keep_secret(uow, service, "password", "first") == "first"
        assert services.keep_secret(uow, service, "password", "second") == "first"
    with trade.work.write() as uow:
        assert services.reveal_secret(uow, uow.session.get_one(Service, service), "password") == "first"
    with trade.work.write() as uow, pytest.raises(Refused):
        services.reveal_secret(uow, trade.service(service), "password")


def test_who_cancelled_and_stays_is_not_given_the_period_that_was_taken_off_the_invoice(trade):
    """Two services on one renewal; one is cancelled, so its line is credited; it stays, and the rest is paid."""
    ann = trade.newcomer()
    service, other = (_bought(trade, ann) for _ in range(2))
    trade.go_to(date(2027, 2, 22))
    trade.run("renewals")
    [renewal] = trade.unpaid()
    cancel(trade, service)
    keep(trade, service)
    trade.pay(renewal)
    assert trade.service(other).paid_until == date(2027, 3, 31)
    assert trade.service(service).paid_until == date(2027, 2, 28)
    assert trade.broken() == []


def test_a_part_payment_of_what_is_cancelled_is_credit_and_buys_no_period(trade):
    """The credit note settles the rest of the invoice; that is not the same as having paid for it."""
    service = trade.active_service()
    trade.go_to(date(2027, 2, 22))
    trade.run("renewals")
    [renewal] = trade.unpaid()
    trade.pay(renewal, amount=Money(100, "EUR"))
    cancel(trade, service)
    assert trade.unpaid() == []
    assert trade.service(service).paid_until == date(2027, 2, 28)
    with trade.work.read() as uow:
        client = uow.session.get_one(Service, service).client_id
        assert credit.balance(uow, client, "EUR") == Money(100, "EUR")
    assert trade.broken() == []


def _bought(trade, actor):
    trade.pay(trade.order(actor))
    trade.settle()
    with trade.work.read() as uow:
        return uow.session.scalars(select(func.max(Service.id))).one()
