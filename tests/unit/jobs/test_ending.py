"""The end of a job: one statement where nothing else is to be written, and the same record as the long way leaves."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from ezcore.audit.models import AuditRow
from ezcore.jobs.engine import Settled
from ezcore.jobs.engine.ending import ends_plainly
from ezcore.jobs.models import Job
from ezcore.plugin_api.jobs import Step
from tests.fixtures_database import real_time


@pytest.fixture
def bench(each_bench):
    """On the database's own clock: PostgreSQL then takes the short ways."""
    each_bench.work = real_time(each_bench.work)
    return each_bench


def _trail(bench, number):
    with bench.work.read() as uow:
        rows = uow.session.scalars(select(AuditRow).where(AuditRow.object_id == str(number))).all()
        return [(row.verb, row.outcome, row.actor_kind, row.before, row.after) for row in rows]


@pytest.mark.parametrize("steps", [0, 1, 2])
def test_a_job_that_went_well_is_complete_with_its_results_and_one_row_in_the_trail(bench, steps):
    names = ["one", "two"][:steps]
    number = bench.enqueue(bench.kind(*(Step(name, name, run=lambda _c: {"n": 7}) for name in names)))
    assert bench.run_until_idle() == 1
    job, rows = bench.job(number), bench.steps(number)
    assert (job.state, job.lease_until, job.cause, job.failures) == ("complete", None, None, 0)
    assert job.finished_at is not None
    assert [(row.state, row.result) for row in rows.values()] == [("done", {"n": 7})] * steps
    assert all(row.started_at <= row.finished_at for row in rows.values())
    assert _trail(bench, number) == [
        ("job.complete", "done", "system", {"state": "running"}, {"state": "complete"})
    ]


@pytest.mark.parametrize("steps", [0, 1])
def test_who_lost_the_job_to_another_worker_ends_nothing(bench, steps):
    """The fence rose while the step ran: its end is not written, nor its result, nor a row of the trail."""

    def stolen(context):
        with bench.work.write() as uow:
            uow.session.execute(update(Job).where(Job.id == context.job.id).values(fence=Job.fence + 1))
        return "too late"

    number = bench.enqueue(bench.kind(*[Step("one", "One", run=stolen)][:steps]))
    engine = bench.engine()
    if not steps:
        take = engine.take

        def taken():
            job = take()
            job.fence -= 1
            return job

        engine.take = taken
    assert engine.run_one()
    assert bench.job(number).state == "running"
    assert [row.result for row in bench.steps(number).values()] == [None] * steps
    assert _trail(bench, number) == []


def test_who_writes_more_at_the_end_takes_the_long_way(bench):
    def settle(uow, _context, _result):
        uow.session.execute(update(Job).values(subject_kind="seen"))

    plain, more = Step("one", "One", run=lambda _c: 1), Settled("one", "One", settle=settle)
    job = Job(attempts=1, provider=None)
    assert ends_plainly(bench.work, job, plain) is (bench.work.engine.dialect.name == "postgresql")
    assert not ends_plainly(bench.work, job, more)
    assert not ends_plainly(bench.work, Job(attempts=2, provider=None), plain)
    assert not ends_plainly(bench.work, Job(attempts=1, provider="panel:1"), plain)
    number = bench.enqueue(bench.kind(more))
    bench.run_until_idle()
    assert (bench.job(number).state, bench.job(number).subject_kind) == ("complete", "seen")
