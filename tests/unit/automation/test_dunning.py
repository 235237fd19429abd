"""Who does not pay is reminded, suspended and at last terminated; who has paid never is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from ezcore.audit.models import AuditRow
from ezcore.automation import dunning, endings
from ezcore.billing.invoices.models import Invoice
from ezcore.jobs.models import Job
from ezcore.kernel.errors import Refused
from ezcore.messaging.models import Mail
from ezcore.services.lifecycle import operations as lifecycle
from ezcore.services.services import operations as services
from ezcore.services.services.models import Service
from ezcore.testkit.quiet import NoHooks
from ezcore.work import Work

DUE = date(2027, 2, 28)
SUSPENSION = DUE + timedelta(days=5)
END = SUSPENSION + timedelta(days=30)


@pytest.fixture
def owing(trade):
    """A service whose renewal is not paid."""
    service = trade.active_service()
    trade.go_to(DUE - timedelta(days=7))
    trade.run("renewals")
    trade.go_to(DUE)
    return service


@pytest.fixture
def suspended(trade, owing):
    trade.go_to(SUSPENSION)
    trade.run("reminders")
    trade.run("suspensions")
    assert trade.service(owing).state == "suspended"
    return owing


def mails(trade, template):
    with trade.work.read() as uow:
        return [mail.template for mail in uow.session.scalars(select(Mail).where(Mail.template == template))]


def test_reminders_go_out_on_their_days_once(trade, owing):
    for day in range(5):
        trade.go_to(DUE + timedelta(days=day))
        trade.run("reminders")
        trade.run("reminders")
    assert len(mails(trade, "payment_reminder")) == 2


def test_a_missed_reminder_is_made_up_by_the_latest_only(trade, owing):
    trade.go_to(DUE + timedelta(days=4))
    trade.run("reminders")
    assert len(mails(trade, "payment_reminder")) == 1


def test_who_paid_is_not_reminded(trade, owing):
    trade.pay(trade.unpaid()[0])
    trade.go_to(DUE + timedelta(days=3))
    trade.run("reminders")
    assert mails(trade, "payment_reminder") == []


def test_suspension_comes_on_the_fifth_day_and_not_before(trade, owing):
    trade.go_to(SUSPENSION - timedelta(days=1))
    assert trade.run("suspensions").lines == []
    trade.go_to(SUSPENSION)
    assert len(trade.run("suspensions").lines) == 1
    assert trade.service(owing).state == "suspended"
    assert trade.run("suspensions").lines == []


def test_I20_nobody_without_an_overdue_invoice_is_suspended_whatever_the_dates_say(trade):
    """H13: an import or a slip of staff set the dates two years back."""
    service = trade.active_service()
    with trade.work.write() as uow:
        uow.session.execute(
            update(Service).values(paid_until=date(2025, 1, 1), billed_until=date(2025, 1, 1))
        )
    trade.go_to(date(2027, 6, 1))
    for task in ("suspensions", "terminations", "cancellations"):
        assert trade.run(task).lines == []
    assert trade.service(service).state == "active"


def test_payment_lifts_the_suspension(trade, suspended):
    trade.pay(trade.unpaid()[0])
    trade.settle()
    service = trade.service(suspended)
    assert (service.state, service.suspended_on, service.suspend_reason) == ("active", None, None)
    assert service.paid_until == date(2027, 3, 31)


def test_a_payment_that_comes_while_the_suspension_runs_lifts_it_afterwards(trade, owing):
    trade.go_to(SUSPENSION)
    dunning.suspend(trade.work, trade.today(), preview=False)
    assert trade.service(owing).open_action == "suspend"
    trade.pay(trade.unpaid()[0])
    assert trade.service(owing).state == "active"
    trade.settle()
    assert (trade.service(owing).state, trade.service(owing).open_action) == ("active", None)
    with trade.work.read() as uow:
        kinds = uow.session.scalars(
            select(Job.kind).where(Job.subject_kind == "service").order_by(Job.id)
        ).all()
    assert kinds == ["services.create", "services.suspend", "services.unsuspend"]


def test_a_suspension_by_staff_is_not_lifted_by_a_payment(trade, owing):
    with trade.work.write() as uow:
        lifecycle.request(uow, uow.session.get_one(Service, owing), "suspend", "abuse")
    trade.settle()
    trade.pay(trade.unpaid()[0])
    trade.settle()
    assert trade.service(owing).state == "suspended"


def test_a_suspension_by_staff_never_ends_in_termination(trade, owing):
    with trade.work.write() as uow:
        lifecycle.request(uow, uow.session.get_one(Service, owing), "suspend", "abuse")
    trade.settle()
    trade.go_to(END + timedelta(days=300))
    assert trade.run("terminations").lines == []


def test_termination_comes_after_the_grace_and_not_before(trade, suspended):
    trade.go_to(END - timedelta(days=1))
    assert trade.run("terminations").lines == []
    trade.go_to(END)
    assert len(trade.run("terminations").lines) == 1
    assert trade.service(suspended).state == "terminated"
    assert trade.unpaid() == [], "what bills only a terminated service is no longer owed"
    assert trade.broken() == []


def test_H13_never_without_a_delivered_reminder(trade, owing):
    trade.go_to(SUSPENSION)
    trade.run("suspensions")
    trade.go_to(END)
    outcome = trade.run("terminations")
    assert (outcome.lines, outcome.skipped) == ([], [f"service {owing}: not reminded often enough"])
    none_needed = with_rules(trade.work, notices_before_termination=0)
    assert len(endings.terminate(none_needed, trade.today(), preview=False).lines) == 1


def test_what_the_automation_saw_stands_in_the_audit_row(trade, suspended):
    trade.go_to(END)
    trade.run("terminations")
    with trade.work.read() as uow:
        seen = {
            row.verb: row.after
            for row in uow.session.scalars(select(AuditRow).where(AuditRow.verb.like("service.request_%")))
        }
    number = trade.invoice(2).number
    assert seen["service.request_suspend"] == {"invoice": number, "due_on": str(DUE)}
    assert seen["service.request_terminate"] == {
        "invoice": number,
        "due_on": str(DUE),
        "suspended_on": str(SUSPENSION),
        "notices": 1,
    }


def test_a_day_that_staff_set_replaces_the_rule_once(trade, owing):
    with trade.work.write() as uow:
        uow.session.get_one(Service, owing).override_suspend_on = SUSPENSION + timedelta(days=20)
    trade.go_to(SUSPENSION + timedelta(days=19))
    assert trade.run("suspensions").lines == []
    trade.later(1)
    assert len(trade.run("suspensions").lines) == 1
    assert trade.service(owing).override_suspend_on is None


def test_a_reminder_before_the_due_date_says_so(trade, owing):
    work = with_rules(trade.work, reminder_days_before="3")
    trade.go_to(DUE - timedelta(days=3))
    for _ in range(2):
        dunning.remind(work, trade.today(), preview=False)
    trade.settle()
    assert (len(mails(trade, "payment_due_soon")), mails(trade, "payment_reminder")) == (1, [])


def test_H13_never_without_an_overdue_invoice(trade, suspended):
    with trade.work.write() as uow:
        uow.session.execute(update(Invoice).where(Invoice.status == "unpaid").values(status="cancelled"))
    trade.go_to(END + timedelta(days=100))
    assert trade.run("terminations").lines == []
    assert trade.service(suspended).state == "suspended"


def with_rules(work, **rules):
    settings = work.settings
    dunning_rules = settings.dunning.model_copy(update=rules)
    return replace(work, settings=replace(settings, dunning=dunning_rules))


def test_B099_zero_days_to_termination_means_never(trade, suspended):
    trade.go_to(END + timedelta(days=3000))
    work = with_rules(trade.work, terminate_after_days=0)
    assert endings.terminate(work, trade.today(), preview=False).lines == []


def test_the_daily_cap_holds_for_the_day_however_often_the_task_runs(trade):
    for name in ("Ann", "Bob", "Cid"):
        trade.active_service(name)
    trade.go_to(DUE - timedelta(days=7))
    trade.run("renewals")
    trade.go_to(SUSPENSION)
    trade.run("reminders")
    trade.run("suspensions")
    trade.go_to(END)
    work = with_rules(trade.work, terminate_daily_cap=2)
    first = endings.terminate(work, trade.today(), preview=False)
    again = endings.terminate(work, trade.today(), preview=False)
    assert (len(first.lines), len(first.skipped), again.lines) == (2, 1, [])
    trade.later(1)
    assert len(endings.terminate(work, trade.today(), preview=False).lines) == 1


class Interrupted(Work):
    """Something happens between the look at the list and the first write."""

    def write(self, *actor):
        meanwhile, self.__dict__["meanwhile"] = self.__dict__.get("meanwhile"), None
        if meanwhile:
            meanwhile()
        return super().write(*actor)


def interrupted(trade, meanwhile):
    work = Interrupted(
        **{name: getattr(trade.work, name) for name, field in Work.__dataclass_fields__.items() if field.init}
    )
    work.__dict__["meanwhile"] = meanwhile
    return work


def pay_and_settle(trade):
    trade.pay(trade.unpaid()[0])
    trade.settle()


def test_who_pays_in_the_last_second_is_not_terminated(trade, suspended):
    trade.go_to(END)
    work = interrupted(trade, lambda: pay_and_settle(trade))
    assert endings.terminate(work, trade.today(), preview=False).lines == []
    trade.settle()
    assert trade.service(suspended).state == "active"


def test_who_pays_in_the_last_second_is_not_suspended(trade, owing):
    trade.go_to(SUSPENSION)
    work = interrupted(trade, lambda: pay_and_settle(trade))
    assert dunning.suspend(work, trade.today(), preview=False).lines == []
    trade.settle()
    assert trade.service(owing).state == "active"


def test_who_takes_the_cancellation_back_in_the_last_second_stays(trade):
    service = trade.active_service()

    def change(verb):
        with trade.work.write() as uow:
            verb(uow, uow.session.get_one(Service, service))

    change(services.schedule_cancellation)
    trade.go_to(DUE)
    work = interrupted(trade, lambda: change(services.keep))
    assert endings.cancel(work, trade.today(), preview=False).lines == []
    assert trade.service(service).open_action is None


def test_a_service_that_ended_in_the_last_second_does_not_stop_the_run(trade):
    for name in ("Ann", "Bob"):
        trade.active_service(name)
    trade.go_to(DUE - timedelta(days=7))
    trade.run("renewals")
    trade.go_to(SUSPENSION)

    def end_ann():
        with trade.work.write() as uow:
            lifecycle.request(uow, uow.session.get_one(Service, 1), "terminate", "moved")
        trade.settle()

    outcome = dunning.suspend(interrupted(trade, end_ann), trade.today(), preview=False)
    assert [line.partition(":")[0] for line in outcome.lines] == ["suspend web-start"]


class SpareAnn(NoHooks):
    """A plugin's veto for one client."""

    def before_action(self, action):
        if action.service.client.name == "Ann":
            raise Refused("not Ann")


@pytest.mark.parametrize(("task", "day"), [("suspensions", SUSPENSION), ("terminations", END)])
def test_a_veto_for_one_service_does_not_stop_the_run(trade, task, day):
    for name in ("Ann", "Bob"):
        trade.active_service(name)
    with trade.work.write() as uow:
        uow.session.execute(update(Service).values(module="proxmox"))
    trade.go_to(DUE - timedelta(days=7))
    trade.run("renewals")
    trade.go_to(SUSPENSION)
    trade.run("reminders")
    if task == "terminations":
        with trade.work.write() as uow:
            suspended = {
                "state": "suspended",
                "suspend_reason": dunning.OVERDUE,
                "suspended_on": trade.today(),
            }
            uow.session.execute(update(Service).values(**suspended))
    trade.go_to(day)
    trade.work.hooks = SpareAnn()
    run = {"suspensions": dunning.suspend, "terminations": endings.terminate}[task]
    outcome = run(trade.work, trade.today(), False)
    assert (len(outcome.lines), outcome.skipped) == (1, ["service 1: not Ann"])
    assert trade.service(1).open_action is None
