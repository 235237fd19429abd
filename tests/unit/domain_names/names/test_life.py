"""A name is registered once per paid line, kept as long as it is paid, and every surprise is asked of a person."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from ezcore.billing.ledger import operations as ledger
from ezcore.domain_names.names import operations, queries, sync
from ezcore.domain_names.names.models import DomainName, DomainState, sealed_code
from ezcore.jobs import operations as jobs
from ezcore.jobs.models import Job, JobLog, JobStep, StaffTask
from ezcore.kernel.errors import InvalidInput, NotFound, Refused
from ezcore.plugin_api.errors import OutcomeUnknown, PermanentFailure
from ezcore.services.lifecycle import operations as lifecycle
from ezcore.services.services.models import Service
from tests.fixtures_domains import eur


def service_of(names, domain_id):
    with names.trade.work.read() as uow:
        return uow.session.get_one(Service, names.domain(domain_id).service_id)


def ask(names, domain_id, action, data=None, actor=None):
    with names.trade.work.write(*([actor] if actor else [])) as uow:
        operations.request(uow, queries.by_id(uow, domain_id), action, data)
    names.trade.settle()


def verb(names, domain_id, what):
    with names.trade.work.write() as uow:
        lifecycle.request(uow, uow.session.get_one(Service, names.domain(domain_id).service_id), what, "test")
    names.trade.settle()


def tasks(names):
    with names.trade.work.read() as uow:
        return [task.cause for task in uow.session.scalars(select(StaffTask).order_by(StaffTask.id))]


def job(names, kind="services.create"):
    with names.trade.work.read() as uow:
        return uow.session.scalars(select(Job).where(Job.kind == kind).order_by(Job.id.desc())).first()


def test_a_paid_name_is_registered_with_its_owner_and_years(names):
    domain = names.domain(names.registered(years=2))
    assert (domain.state, domain.expires_on) == ("active", date(2029, 1, 31))
    assert names.heard("register") == [("register", "tamm.com", 2)]
    assert names.registrar.held["tamm.com"].contacts.registrant.phone == "+372.5551234"
    service = service_of(names, domain.id)
    assert (service.state, service.paid_until) == ("active", date(2029, 1, 31))


def test_I31_a_lost_answer_never_registers_twice(names):
    ann = names.trade.newcomer()
    names.trade.pay(names.order(ann))
    real = names.registrar.register

    def forgets(call, request):
        real(call, request)
        raise OutcomeUnknown

    names.registrar.register = forgets
    names.trade.settle()
    names.registrar.register = real
    names.later(minutes=5)
    assert len(names.heard("register")) == 1
    with names.trade.work.read() as uow:
        assert queries.live(uow, "tamm.com").state == "active"


def test_a_name_that_was_taken_meanwhile_is_asked_and_can_be_credited(names):
    ann = names.trade.newcomer()
    invoice = names.order(ann)
    names.registrar.taken.add("tamm.com")
    names.trade.pay(invoice)
    names.trade.settle()
    waiting = job(names)
    assert waiting.state == "needs_info"
    assert "credit" in waiting.question
    with names.trade.work.write() as uow:
        jobs.answer(uow, uow.session.get_one(Job, waiting.id), "credit")
    names.trade.settle()
    assert job(names).state == "failed"
    with names.trade.work.read() as uow:
        held = -ledger.balance(uow, ledger.CLIENT_CREDIT, "EUR", ann.client_id)
        assert held == names.trade.invoice(invoice).total
        assert queries.live(uow, "tamm.com") is None
        row = uow.session.scalars(select(DomainName)).one()
        assert row.state == "cancelled"
    assert names.trade.broken() == []


def test_a_name_in_the_care_of_another_client_is_not_registered_for_a_second(names):
    ben = names.trade.newcomer("Ben")
    late = names.order(ben)
    names.registered()
    names.trade.pay(late)
    names.trade.settle()
    assert job(names).state == "needs_info"
    assert len(names.heard("register")) == 1


def test_a_transfer_takes_days_and_never_keeps_its_code(names):
    box = names.trade.work.box
    names.registrar.taken.add("tamm.com")
    names.registrar.codes["tamm.com"] = "Right-1"
    ann = names.trade.newcomer()
    sealed = box.seal(sealed_code("tamm.com"), "Right-1")
    names.trade.pay(names.order(ann, kind="transfer", code_sealed=sealed))
    names.trade.settle()
    with names.trade.work.read() as uow:
        assert queries.live(uow, "tamm.com").state == "transferring_in"
    names.later(days=5)
    with names.trade.work.read() as uow:
        domain = queries.live(uow, "tamm.com")
        assert (domain.state, domain.code_sealed) == ("active", None)
        texts = [str(row.payload) for row in uow.session.scalars(select(Job))]
        texts += [f"{row.result}{row.handle}{row.note}" for row in uow.session.scalars(select(JobStep))]
        texts += [f"{row.request}{row.answer}" for row in uow.session.scalars(select(JobLog))]
    assert not [text for text in texts if "Right-1" in text]


def test_B063_a_refused_code_is_asked_again_and_another_one_goes_on_at_once(names):
    names.registrar.taken.add("tamm.com")
    names.registrar.codes["tamm.com"] = "Right-1"
    ann = names.trade.newcomer()
    sealed = names.trade.work.box.seal(sealed_code("tamm.com"), "wrong")
    names.trade.pay(names.order(ann, kind="transfer", code_sealed=sealed))
    names.trade.settle()
    assert job(names).state == "needs_info"
    with names.trade.work.write(ann) as uow:
        domain = queries.live(uow, "tamm.com")
        with pytest.raises(InvalidInput):
            operations.new_code(uow, domain, "two words")
        operations.new_code(uow, domain, "Right-1")
    names.trade.settle()
    names.later(days=1)
    assert names.domain(domain.id).state == "active"


def test_a_renewal_that_is_paid_renews_once_and_an_unpaid_one_never(names):
    domain = names.registered()
    verb(names, domain, "renew")
    assert names.heard("renew") == []
    names.trade.go_to(date(2028, 1, 25))
    names.trade.run("renewals")
    [invoice] = names.trade.unpaid()
    verb(names, domain, "renew")
    assert names.heard("renew") == []
    names.trade.pay(invoice)
    names.trade.settle()
    for _ in range(2):
        verb(names, domain, "renew")
    assert names.heard("renew") == [("renew", "tamm.com", 1)]
    assert names.domain(domain).expires_on == date(2029, 1, 31)


def test_suspending_changes_nothing_and_the_end_lets_it_expire(names):
    domain = names.registered()
    verb(names, domain, "suspend")
    assert names.domain(domain).state == "active"
    verb(names, domain, "terminate")
    row = names.domain(domain)
    assert row.is_live
    assert row.let_go_at is not None
    assert ("set_auto_renew", "tamm.com", False) in names.registrar.log
    assert "tamm.com" in names.registrar.held


@pytest.mark.parametrize(
    ("action", "data", "told"),
    [
        ("lock", {"on": False}, ("set_lock", "tamm.com", False)),
        ("privacy", {"on": True}, ("set_privacy", "tamm.com", True)),
        ("nameservers", {"hosts": ["a.x.net", "b.x.net"]}, ("save_nameservers", "tamm.com", "a.x.net", "b.x.net")),
        ("glue", {"hosts": [{"name": "ns1.tamm.com", "addresses": ["192.0.2.1"]}]}, ("save_glue", "tamm.com")),
        ("ds", {"records": [{"key_tag": 1, "algorithm": 13, "digest_type": 2, "digest": "ab" * 32}]},
         ("save_ds", "tamm.com", 1)),
    ],
)  # fmt: skip
def test_a_change_is_told_to_the_registrar_and_read_back(names, action, data, told):
    domain = names.registered()
    ask(names, domain, action, data)
    assert told in names.registrar.log
    row = names.domain(domain)
    assert row.open_action is None
    assert names.registrar.log[-1] == ("info", "tamm.com")


def test_one_change_at_a_time(names):
    domain = names.registered()
    with names.trade.work.write() as uow:
        operations.request(uow, queries.by_id(uow, domain), "lock", {"on": False})
    with names.trade.work.write() as uow, pytest.raises(Refused, match="another change"):
        operations.request(uow, queries.by_id(uow, domain), "lock", {"on": True})


def test_another_clients_name_is_not_there(names):
    domain = names.registered()
    ben = names.trade.newcomer("Ben")
    with names.trade.work.write(ben) as uow, pytest.raises(NotFound):
        operations.request(uow, queries.by_id(uow, domain), "lock", {"on": False})
    with names.trade.work.read(ben) as uow, pytest.raises(NotFound):
        queries.by_id(uow, domain, ben.client_id)


def test_a_change_that_failed_for_good_frees_the_name(names):
    domain = names.registered()
    names.registrar.says["set_lock"] = PermanentFailure("the registry says no")
    ask(names, domain, "lock", {"on": False})
    assert names.domain(domain).open_action is None
    assert names.domain(domain).locked is True


def test_the_transfer_code_is_sealed_and_shown_once(names):
    domain = names.registered()
    ask(names, domain, "auth_code")
    row = names.domain(domain)
    assert "code-of" not in (row.auth_sealed or "")
    with names.trade.work.read() as uow:
        results = [str(step.result) for step in uow.session.scalars(select(JobStep))]
    assert not [text for text in results if "code-of" in text]
    with names.trade.work.write() as uow:
        assert operations.reveal_auth(uow, queries.by_id(uow, domain)) == "code-of-tamm.com"
    with names.trade.work.write() as uow, pytest.raises(Refused):
        operations.reveal_auth(uow, queries.by_id(uow, domain))


@pytest.mark.parametrize(
    "odd",
    [
        {"expires_on": date(2027, 6, 1)}, {"external_id": "another"}, {"state": "gone"}, {"name_": "other.com"},
    ],
)  # fmt: skip
def test_B119_what_cannot_be_right_is_asked_and_never_written(names, odd):
    domain = names.registered()
    names.registrar.change("tamm.com", **{name.rstrip("_"): value for name, value in odd.items()})
    for _ in range(2):
        ask(names, domain, "sync")
    row = names.domain(domain)
    assert (row.expires_on, row.external_id, row.state) == (date(2028, 1, 31), "reg-tamm.com", "active")
    assert len([cause for cause in tasks(names) if cause == row.odd]) == 1


def test_staff_look_and_then_the_registrar_is_believed(names):
    domain = names.registered()
    names.registrar.change("tamm.com", expires_on=date(2027, 6, 1))
    ask(names, domain, "sync")
    with names.trade.work.write() as uow:
        sync.accept(uow, queries.by_id(uow, domain), "a correction of the registry")
    ask(names, domain, "sync")
    assert (names.domain(domain).expires_on, names.domain(domain).odd) == (date(2027, 6, 1), None)


def test_the_calendar_of_an_expired_name():
    row = DomainName(expires_on=date(2027, 1, 1))
    at = [
        sync.after_expiry(row, 30, 30, date(2026, 12, 31) + timedelta(days=days))
        for days in (0, 1, 30, 31, 60, 61)
    ]
    assert at == [
        None, DomainState.GRACE, DomainState.GRACE, DomainState.REDEMPTION, DomainState.REDEMPTION,
        DomainState.EXPIRED,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("expires", "paid", "years"),
    [
        (date(2027, 1, 31), None, 0), (date(2027, 1, 31), date(2027, 1, 31), 0),
        (date(2027, 1, 31), date(2028, 1, 31), 1),
        (date(2027, 1, 29), date(2028, 1, 31), 1), (date(2027, 2, 2), date(2029, 1, 31), 2),
        (date(2027, 1, 31), date(2027, 3, 1), 0), (date(2028, 1, 31), date(2027, 1, 31), 0),
    ],
)  # fmt: skip
def test_years_to_renew_are_those_paid_and_not_registered(expires, paid, years):
    assert queries.years_to_renew(expires, paid) == years


def test_prices_of_a_name_come_from_the_table(names):
    ann = names.trade.newcomer()
    invoice = names.trade.invoice(names.order(ann, years=2))
    assert invoice.net == eur("21.00")
