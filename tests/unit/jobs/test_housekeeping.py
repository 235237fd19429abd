"""Housekeeping: what has served goes after its time; what still waits for somebody stays, however old."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from ezcore.jobs.housekeeping import keep_house
from ezcore.jobs.inbox.models import WebhookBody, WebhookEvent
from ezcore.jobs.models import Job, JobLog, JobStep
from ezcore.jobs.outbox.models import OutboxEvent
from ezcore.jobs.outbox.operations import relay
from ezcore.kernel.events import Event
from ezcore.plugin_api.errors import NeedsInfo, PermanentFailure
from ezcore.plugin_api.jobs import Step
from tests.fixtures_jobs import failing


@dataclass(frozen=True)
class DustSettled(Event):
    """Happens in these tests only."""

    number: int


def _count(work, table):
    with work.read() as uow:
        return uow.session.scalar(select(func.count()).select_from(table))


def _tidy(work, days):
    work.clock.advance(timedelta(days=days))
    with work.write() as uow:
        return keep_house(uow)


def test_finished_jobs_go_after_ninety_days_with_their_steps_and_logs(each_bench):
    bench = each_bench
    bench.enqueue(bench.kind(Step("one", "One", run=lambda c: c.log("GET /", "ok"))))
    bench.run_until_idle()
    assert _tidy(bench.work, 89)["jobs"] == 0
    assert _count(bench.work, JobLog) == 1
    assert _tidy(bench.work, 2)["jobs"] == 1
    assert [_count(bench.work, table) for table in (Job, JobStep, JobLog)] == [0, 0, 0]


def test_jobs_that_wait_for_a_person_stay(bench):
    asks = bench.enqueue(bench.kind(Step("one", "One", run=failing(NeedsInfo("?"))), name="asks"), "asks")
    failed = bench.enqueue(
        bench.kind(Step("one", "One", run=failing(PermanentFailure("no"))), name="failed"), "failed"
    )
    bench.run_until_idle()
    assert _tidy(bench.work, 400)["jobs"] == 0
    assert [bench.job(asks).state, bench.job(failed).state] == ["needs_info", "failed"]


def test_handed_events_go_but_owed_ones_stay(work):
    def deaf(_work, _event, _id):
        raise RuntimeError("not now")

    for ears in ({"one": lambda *_: None}, {"one": deaf}):
        with work.write() as uow:
            uow.emit(DustSettled(1))
        relay(work, ears)
    assert _tidy(work, 91)["events"] == 1
    assert _count(work, OutboxEvent) == 1


def test_webhook_bodies_go_after_four_hundred_days_but_are_recognised_for_ever(work):
    with work.write() as uow:
        event = WebhookEvent(source="s", external_id="evt_1", kind="k", received_at=uow.now())
        uow.session.add(event)
        uow.session.flush()
        uow.session.add(WebhookBody(event_id=event.id, body=b"{}", received_at=uow.now()))
    assert _tidy(work, 399)["webhook_bodies"] == 0
    assert _tidy(work, 2)["webhook_bodies"] == 1
    assert (_count(work, WebhookBody), _count(work, WebhookEvent)) == (0, 1)
