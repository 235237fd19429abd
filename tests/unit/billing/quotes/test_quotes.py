"""Quotes: numbered when sent, answered once, and an invoice of the same amount when accepted."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from ezcore.automation.quotes import expire
from ezcore.billing.invoices.models import Invoice
from ezcore.billing.invoices.operations.draft import item
from ezcore.billing.quotes import operations as quotes
from ezcore.billing.quotes import queries
from ezcore.billing.quotes.models import Quote
from ezcore.kernel.actor import VISITOR
from ezcore.kernel.errors import InvalidInput, NotAllowed, NotFound, Refused
from ezcore.kernel.money import Money
from ezcore.messaging.models import Mail
from tests.fixtures_trade import at_once

SITE = item("New site", Money(50000, "EUR"))
HOURS = item("Hour", Money(8000, "EUR"), 2)


def save(trade, client_id, *lines, days=14, quote=None):
    with trade.work.write() as uow:
        last = uow.today() + timedelta(days=days)
        found = uow.session.get_one(Quote, quote) if quote else None
        return quotes.save(
            uow, client_id, "EUR", "New site", lines or (SITE, HOURS), valid_until=last, quote=found
        ).id


def send(trade, number):
    with trade.work.write() as uow:
        return quotes.send(uow, uow.session.get_one(Quote, number))


def accept(trade, number, actor=None, **how):
    with trade.work.write(*filter(None, [actor])) as uow:
        return quotes.accept(uow, uow.session.get_one(Quote, number), "Ann", **how).number


def stored(trade, number):
    with trade.work.read() as uow:
        return uow.session.get_one(Quote, number)


@pytest.fixture
def ann(each_trade):
    return each_trade.newcomer()


def test_twenty_people_accept_a_quote_and_there_is_one_invoice(each_trade, ann):
    """500.00 + 2 x 80.00 = 660.00."""
    number = save(each_trade, ann.client_id)
    send(each_trade, number)
    done = at_once(20, lambda _: accept(each_trade, number, ann))
    assert [one for one in done if isinstance(one, str)] == ["2027-00001"]
    quote = stored(each_trade, number)
    invoice = each_trade.invoice(quote.invoice_id)
    assert (quote.status, invoice.total, quote.total) == (
        "accepted",
        Money(66000, "EUR"),
        Money(66000, "EUR"),
    )
    assert each_trade.broken() == []


def test_it_is_numbered_when_it_is_sent_and_its_link_is_stored_as_a_hash_only(each_trade, ann):
    number = save(each_trade, ann.client_id)
    assert stored(each_trade, number).number is None
    first = send(each_trade, number)
    second = send(each_trade, number)
    quote = stored(each_trade, number)
    assert quote.number == "Q-2027-00001"
    assert second not in str(vars(quote))
    with each_trade.work.read() as uow:
        assert queries.by_token(uow, second).id == number
        with pytest.raises(NotFound):
            queries.by_token(uow, first)
        mails = uow.session.scalars(select(Mail).where(Mail.template == "quote_sent")).all()
    assert len(mails) == 2


def test_who_accepts_by_the_link_is_kept_with_address_and_time(trade):
    ann = trade.newcomer()
    number = save(trade, ann.client_id)
    send(trade, number)
    from dataclasses import replace

    accept(trade, number, replace(VISITOR, ip="192.0.2.9"), by_link=True)
    quote = stored(trade, number)
    assert (quote.answered_by, quote.answered_ip, quote.answered_at) == (
        "Ann",
        "192.0.2.9",
        trade.clock.now(),
    )


def test_nobody_else_answers_it(trade):
    ann, bob = trade.newcomer(), trade.newcomer("Bob")
    number = save(trade, ann.client_id)
    send(trade, number)
    for actor in (bob, VISITOR):
        with pytest.raises(NotAllowed):
            accept(trade, number, actor)
    with trade.work.write(ann) as uow, pytest.raises(NotAllowed):
        quotes.save(uow, ann.client_id, "EUR", "Mine", [SITE], valid_until=uow.today())


def test_a_draft_is_not_accepted_and_a_sent_one_not_changed(trade):
    ann = trade.newcomer()
    number = save(trade, ann.client_id)
    with pytest.raises(Refused):
        accept(trade, number, ann)
    save(trade, ann.client_id, SITE, quote=number)
    assert stored(trade, number).total == Money(50000, "EUR")
    send(trade, number)
    with pytest.raises(Refused):
        save(trade, ann.client_id, HOURS, quote=number)


def test_declined_it_is_over(trade):
    ann = trade.newcomer()
    number = save(trade, ann.client_id)
    send(trade, number)
    with trade.work.write(ann) as uow:
        quotes.decline(uow, uow.session.get_one(Quote, number), "Ann", "too dear")
    with pytest.raises(Refused):
        accept(trade, number, ann)
    assert (stored(trade, number).status, trade.unpaid()) == ("declined", [])


def test_it_expires_the_day_after_its_last_and_preview_changes_nothing(trade):
    ann = trade.newcomer()
    number = save(trade, ann.client_id, days=2)
    send(trade, number)
    trade.later(2)
    assert expire(trade.work, trade.today(), False).lines == []
    trade.later(1)
    with pytest.raises(Refused):
        accept(trade, number, ann)
    assert expire(trade.work, trade.today(), True).lines == ["would expire quote Q-2027-00001"]
    assert stored(trade, number).status == "sent"
    assert expire(trade.work, trade.today(), False).lines == ["quote Q-2027-00001 expired"]
    assert expire(trade.work, trade.today(), False).lines == []
    assert stored(trade, number).status == "expired"


def test_bad_input_names_its_field(trade):
    ann = trade.newcomer()
    for field, values in (
        ("title", {"title": " "}),
        ("valid_until", {"days": -1}),
        ("line-0-description", {"lines": []}),
    ):
        with trade.work.write() as uow, pytest.raises(InvalidInput) as caught:
            quotes.save(
                uow,
                ann.client_id,
                "EUR",
                values.get("title", "New"),
                values.get("lines", [SITE]),
                valid_until=uow.today() + timedelta(days=values.get("days", 1)),
            )
        assert caught.value.field == field
    with trade.work.read() as uow:
        assert uow.session.scalars(select(Invoice)).all() == []
