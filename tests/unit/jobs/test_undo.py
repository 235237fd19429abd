"""Taking back: tried again by the ladder, step by step; what stays at the vendor is written down for a person."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from ezcore.jobs import operations as jobs
from ezcore.jobs.events import JobGivenUp
from ezcore.jobs.models import Job
from ezcore.kernel.actor import Actor
from ezcore.plugin_api.errors import NeedsInfo, OutcomeUnknown, PermanentFailure, StillRunning
from ezcore.plugin_api.jobs import Ladder, Step
from tests.fixtures_jobs import failing

STAFF = Actor("staff", user_id=3, permissions=frozenset({jobs.MANAGE}), name="Mari")
SHORT = Ladder("short", (10, 20), then_every=None, until=60, task_after_tries=9)
AWAY = RuntimeError("vendor is away")


def _saga(bench, undo_a, undo_b=None, ladder=SHORT, **more):
    kind = bench.kind(
        Step("a", "Make the machine", run=failing(None), undo=undo_a, **more),
        Step("b", "Make the disk", run=failing(None), undo=undo_b),
        Step("c", "C", run=failing(PermanentFailure("sold out"))),
        ladder=ladder,
    )
    return bench.enqueue(kind, subject=("service", 7), client_id=12)


def test_an_undo_that_fails_is_tried_again_by_the_ladder(each_bench):
    number = _saga(each_bench, failing(AWAY, AWAY, None))
    assert each_bench.run_over_days(number) == [10, 20]
    job = each_bench.job(number)
    assert (job.state, job.cause, job.left_behind) == ("failed", "sold out", [])
    assert each_bench.states(number) == ["undone", "done", "failed"]


def test_while_an_undo_waits_its_cause_is_shown_and_nothing_runs_forward(bench):
    number = _saga(bench, failing(AWAY, None))
    bench.run_until_idle()
    job = bench.job(number)
    assert (job.state, job.failures) == ("queued", 1)
    assert job.cause == "taking back “Make the machine”: RuntimeError: vendor is away"
    with bench.work.write(STAFF) as uow:
        jobs.retry(uow, uow.session.get_one(Job, number), "now please")
    bench.run_until_idle()
    assert bench.job(number).state == "failed", "retry goes on taking back; it does not begin anew"


def test_what_cannot_be_undone_is_written_down_and_the_rest_is_still_undone(each_bench):
    undone = []
    number = _saga(each_bench, lambda _c: undone.append("a"), failing(AWAY))
    assert each_bench.run_over_days(number) == [10, 20]
    job = each_bench.job(number)
    assert job.state == "needs_info"
    assert job.left_behind == [
        {"step": "b", "title": "Make the disk", "cause": "RuntimeError: vendor is away"}
    ]
    assert "sold out. Left behind at the vendor: Make the disk: RuntimeError: vendor is away" in job.question
    assert (undone, each_bench.ended) == (["a"], [])
    assert each_bench.task(number).closed_at is None


@pytest.mark.parametrize("refusal", [PermanentFailure("it is locked"), NeedsInfo("Is it ours?")])
def test_an_undo_that_says_no_is_not_tried_again(bench, refusal):
    number = _saga(bench, failing(refusal))
    bench.run_until_idle()
    assert bench.job(number).state == "needs_info"
    assert [entry["cause"] for entry in bench.job(number).left_behind] == [str(refusal)]


def test_each_undo_has_the_whole_ladder_for_itself(bench):
    number = _saga(bench, failing(AWAY, None), failing(AWAY, OutcomeUnknown(), None))
    assert bench.run_over_days(number) == [10, 20, 10]
    assert bench.job(number).state == "failed"


def test_an_undo_that_goes_on_at_the_vendor_is_looked_at_until_its_deadline(bench):
    number = _saga(bench, failing(StillRunning(60, "task-1")), deadline=timedelta(minutes=5))
    pauses = bench.run_over_days(number)
    assert pauses == [60] * 6
    assert bench.job(number).failures == 0
    assert "not finished within 0:05:00" in bench.job(number).left_behind[0]["cause"]


def test_an_undo_whose_plugin_is_gone_waits_and_counts_no_try(bench):
    number = _saga(bench, failing(LookupError("the plugin is paused"), None))
    bench.run_until_idle()
    assert (bench.job(number).failures, bench.wait(number)) == (0, 60)
    bench.later(61)
    bench.run_until_idle()
    assert bench.job(number).state == "failed"


def test_a_new_try_of_staff_forgets_what_was_left_behind_but_the_trail_does_not(bench):
    from ezcore.audit.models import AuditRow

    number = _saga(bench, failing(PermanentFailure("it is locked")))
    bench.run_until_idle()
    with bench.work.write(STAFF) as uow:
        jobs.retry(uow, uow.session.get_one(Job, number), "unlocked")
    assert bench.job(number).left_behind == []
    with bench.work.read() as uow:
        row = uow.session.scalars(select(AuditRow).where(AuditRow.verb == "job.retry")).one()
    assert row.before["left_behind"][0]["step"] == "a"


def _given_up(bench):
    return [event for event in bench.work.dispatch.events if isinstance(event, JobGivenUp)]


def test_giving_up_is_told_once_with_what_it_was_about(bench):
    number = _saga(bench, failing(None))
    bench.run_until_idle()
    assert _given_up(bench) == [JobGivenUp(number, "test.job", "service:7", 12, "sold out")]


def test_a_ladder_that_is_used_up_is_giving_up_too_a_question_is_not(bench):
    bench.run_over_days(bench.enqueue(bench.kind(Step("a", "A", run=failing(AWAY)), ladder=SHORT), "k1"))
    bench.run_over_days(bench.enqueue(bench.kind(Step("a", "A", run=failing(NeedsInfo("Which?")))), "k2"))
    assert [event.cause for event in _given_up(bench)] == ["RuntimeError: vendor is away"]
