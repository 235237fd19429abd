"""Names by themselves: looked at daily, reminded of, renewed when paid, brought back for a fee."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from ezcore.billing.invoices.models import InvoiceLine
from ezcore.domain_names.names import queries
from ezcore.domain_names.tlds import operations as tlds
from ezcore.domain_names.tlds import queries as endings
from ezcore.jobs.models import Job, StaffTask
from ezcore.messaging.models import Mail
from ezcore.plugin_api.ports.registrar import PollMessage, TldTerms
from tests.fixtures_domains import eur

EXPIRY = date(2028, 1, 31)


def causes(names):
    with names.trade.work.read() as uow:
        return [task.cause for task in uow.session.scalars(select(StaffTask))]


def mails(names, template):
    with names.trade.work.read() as uow:
        return list(uow.session.scalars(select(Mail.key).where(Mail.template == template)))


def test_every_name_is_looked_at_once_a_day_in_slices(names):
    domain = names.registered()
    names.registered("second.ee", "Ben")
    names.registrar.change("tamm.com", expires_on=EXPIRY + timedelta(days=365), locked=False)
    names.registrar.log.clear()
    assert names.trade.run("domain_sync").lines == ["toyreg: 2 names"]
    names.trade.run("domain_sync")
    assert names.heard("info") == [("info", "tamm.com"), ("info", "second.ee")]
    row = names.domain(domain)
    assert (row.expires_on, row.locked) == (EXPIRY + timedelta(days=365), False)


def test_a_name_that_is_not_paid_is_reminded_of_three_times(names):
    names.registered()
    for days in (31, 30, 29, 7, 7, 1, 0):
        names.trade.go_to(EXPIRY - timedelta(days=days))
        names.trade.run("domain_reminders")
    assert sorted(mails(names, "domain_expires")) == [f"domain:1:{EXPIRY}:{days}" for days in (1, 30, 7)]


def test_a_renewal_that_is_paid_reaches_the_registry_once(names):
    domain = names.registered()
    names.trade.go_to(EXPIRY - timedelta(days=6))
    names.trade.run("renewals")
    [invoice] = names.trade.unpaid()
    names.trade.run("domain_keep")
    assert names.heard("renew") == []
    names.trade.pay(invoice)
    names.trade.settle()
    for _ in range(3):
        names.trade.run("domain_keep")
    assert names.heard("renew") == [("renew", "tamm.com", 1)]
    assert names.domain(domain).expires_on == date(2029, 1, 31)
    names.trade.run("domain_reminders")
    assert mails(names, "domain_expires") == []


def test_an_expired_name_goes_through_grace_to_redemption_and_comes_back_for_its_fee(names):
    domain = names.registered()
    names.trade.go_to(EXPIRY)
    names.trade.run("domain_keep")
    assert names.domain(domain).state == "grace"
    names.trade.go_to(EXPIRY + timedelta(days=30))
    names.registrar.change("tamm.com", state="redemption")
    for _ in range(2):
        names.trade.run("domain_keep")
    assert names.domain(domain).state == "redemption"
    with names.trade.work.read() as uow:
        [line] = uow.session.scalars(
            select(InvoiceLine).where(InvoiceLine.description.like("Bring back%"))
        ).all()
        assert line.amount == eur("80.00")
        fee = line.invoice_id
    assert names.heard("restore") == []
    names.trade.pay(fee)
    names.trade.run("domain_keep")
    assert names.heard("restore") == [("restore", "tamm.com")]
    assert names.domain(domain).state == "active"
    assert len(mails(names, "domain_changed")) == 2
    assert names.trade.broken() == []


def test_a_name_that_was_let_go_is_given_up_and_free_again(names):
    domain = names.registered()
    with names.trade.work.write() as uow:
        queries.by_id(uow, domain).let_go_at = uow.now()
    names.trade.go_to(EXPIRY + timedelta(days=60))
    names.trade.run("domain_keep")
    row = names.domain(domain)
    assert (row.state, row.live_key) == ("expired", None)


def test_messages_of_the_registry_are_stored_before_they_are_taken_off(names):
    domain = names.registered()
    names.registrar.queue = [
        PollMessage(
            external_id="1", name="tamm.com", kind="transferred_out", text="gone to another registrar"
        ),
        PollMessage(
            external_id="2", name="other.com", kind="failed", text="<script>transfer refused</script>"
        ),
    ]
    names.trade.run("domain_poll")
    assert names.registrar.queue == [], "one look empties the queue"
    names.trade.run("domain_poll")
    row = names.domain(domain)
    assert (row.state, row.live_key) == ("transferred_away", None)
    assert causes(names) == ["<script>transfer refused</script>"]


def test_costs_that_changed_are_told_and_prices_stay(names):
    def terms(renew):
        return [TldTerms(tld="com", register_price=eur("5.00"), renew_price=eur(renew))]

    names.registrar.terms = terms("6.00")
    with names.trade.work.write() as uow:
        tlds.note_costs(uow, endings.by_name(uow, "com"), terms("5.00")[0])
    names.trade.go_to(date(2027, 2, 1))
    names.trade.run("domain_prices")
    assert "renewal 500 is now 600" in causes(names)[0]
    with names.trade.work.read() as uow:
        assert endings.price(endings.by_name(uow, "com"), "EUR", 1).renew_price == eur("12.00")


def test_a_preview_writes_nothing(names):
    names.registered()
    names.trade.go_to(EXPIRY)
    with names.trade.work.read() as uow:
        before = len(uow.session.scalars(select(Job.id)).all())
    for task in ("domain_sync", "domain_prices", "domain_keep", "domain_reminders", "domain_poll"):
        names.trade.run(task, preview=True)
    with names.trade.work.read() as uow:
        assert len(uow.session.scalars(select(Job.id)).all()) == before
    assert names.domain(1).state == "active"
