"""The engine: results are kept, steps that are done never run again, our own change happens exactly once."""

from __future__ import annotations

import pytest
from pydantic import BaseModel
from sqlalchemy import func, select

from ezcore.jobs.engine import Settled
from ezcore.jobs.engine.claim import claim
from ezcore.jobs.engine.steps import LostLease, hold
from ezcore.jobs.models import JobLog, ScheduledRun
from ezcore.kernel import crashpoint as crashes
from ezcore.kernel.crashpoint import SimulatedCrash
from ezcore.plugin_api.errors import (
    NeedsInfo,
    OutcomeUnknown,
    PermanentFailure,
    RetryAfter,
    StillRunning,
)
from ezcore.plugin_api.jobs import MAIL, RECONCILE, Ladder, Step
from tests.fixtures_jobs import LEASE, failing


class Machine(BaseModel):
    """What a vendor gives back in these tests."""

    number: int


def _crash_at(monkeypatch, point):
    def crash(name):
        raise SimulatedCrash(name)

    monkeypatch.setenv("EZ_CRASH", point)
    monkeypatch.setattr(crashes, "on_crash", crash)
    crashes._passed.clear()


def test_a_job_runs_its_steps_in_order_and_each_sees_the_results_before_it(each_bench):
    seen = []

    def second(context):
        seen.append(dict(context.results))
        return [1, 2]

    number = each_bench.enqueue(
        each_bench.kind(
            Step("first", "First", run=lambda _c: Machine(number=7)), Step("second", "Second", run=second)
        )
    )
    assert each_bench.run_until_idle() == 1
    assert seen == [{"first": {"number": 7}}]
    job, steps = each_bench.job(number), each_bench.steps(number)
    assert (job.state, job.lease_until) == ("complete", None)
    assert [row.result for row in steps.values()] == [{"number": 7}, [1, 2]]
    assert each_bench.states(number) == ["done", "done"]


def test_operation_keys_are_the_same_at_every_try(bench):
    keys = []

    def run(context):
        keys.append((context.operation_key, context.step_key, context.attempt))
        if len(keys) < 3:
            raise OutcomeUnknown

    bench.run_over_days(bench.enqueue(bench.kind(Step("make", "Make", run=run)), "svc:7:create"))
    assert keys == [("svc:7:create", "svc:7:create/make", attempt) for attempt in (1, 2, 3)]


def test_a_step_that_is_done_never_runs_again(bench):
    runs = []
    kind = bench.kind(
        Step("first", "First", run=lambda _c: runs.append("first")),
        Step("second", "Second", run=failing(RuntimeError("no"), None)),
    )
    number = bench.enqueue(kind)
    bench.run_over_days(number)
    assert bench.job(number).state == "complete"
    assert runs == ["first"]


@pytest.mark.parametrize(
    "point",
    ["jobs.claimed", "test.job.one.before", "test.job.one.after", "test.job.one.settled", "work.committed:4"],
)
def test_our_own_change_happens_once_wherever_the_worker_dies(each_bench, monkeypatch, point):
    bench = each_bench

    def settle(uow, context, _result):
        uow.session.add(ScheduledRun(task="effect", slot=uow.ids.key("s"), started_at=uow.now()))

    number = bench.enqueue(
        bench.kind(
            Settled("one", "One", run=failing(None), settle=settle), Settled("two", "Two", run=failing(None))
        )
    )
    _crash_at(monkeypatch, point)
    with pytest.raises(SimulatedCrash):
        bench.run_until_idle()
    monkeypatch.delenv("EZ_CRASH")
    bench.later(LEASE + 1)
    bench.run_until_idle("worker-2")
    assert bench.job(number).state == "complete"
    with bench.work.read() as uow:
        assert uow.session.scalar(select(func.count()).select_from(ScheduledRun)) == 1


def test_a_worker_that_lost_its_lease_cannot_settle(each_bench):
    bench, settled = each_bench, []

    def slow(context):
        if context.attempt == 1:
            bench.later(LEASE + 1)
            bench.engine("worker-2").run_one()  # the lease ran out: another worker does it meanwhile

    kind = bench.kind(
        Settled("one", "One", run=slow, settle=lambda _u, context, _r: settled.append(context.attempt))
    )
    number = bench.enqueue(kind)
    bench.engine("worker-1").run_one()
    assert settled == [2]
    assert (bench.job(number).owner, bench.job(number).state) == ("worker-2", "complete")


def test_a_stale_fence_is_refused_even_for_the_same_owner(each_bench):
    each_bench.enqueue(each_bench.kind(Step("one", "One", run=failing(None))))
    old = claim(each_bench.work, "w", LEASE)
    each_bench.later(LEASE + 1)
    claim(each_bench.work, "w", LEASE)

    def write():
        with each_bench.work.write() as uow:
            hold(uow, old, cause="stale")

    with pytest.raises(LostLease):
        write()


def test_failures_climb_the_ladder_of_provisioning_and_then_a_person_is_asked(bench):
    number = bench.enqueue(bench.kind(Step("one", "One", run=failing(RuntimeError("refused")))))
    pauses = bench.run_over_days(number)
    assert pauses[:6] == [5, 30, 120, 600, 1800, 3600]
    assert 86_400 <= sum(pauses) <= 86_400 + 3600
    job = bench.job(number)
    assert job.state == "needs_info"
    assert "RuntimeError: refused" in job.question


def test_reconciling_a_payment_has_its_own_ladder(bench):
    number = bench.enqueue(bench.kind(Step("one", "One", run=failing(OutcomeUnknown())), ladder=RECONCILE))
    day = 86_400
    assert bench.run_over_days(number) == [300, 3600, 21_600, day, day, day, day, day]
    assert bench.job(number).state == "needs_info"


def test_a_staff_task_opens_at_the_third_failure_while_tries_go_on(bench):
    number = bench.enqueue(bench.kind(Step("one", "One", run=failing(*[RuntimeError("no")] * 3, None))))
    for _ in range(2):
        bench.run_until_idle()
        bench.later(bench.wait(number))
    assert bench.task(number) is None
    bench.run_until_idle()
    task = bench.task(number)
    assert (task.cause, task.closed_at, bench.job(number).state) == ("RuntimeError: no", None, "queued")
    bench.later(bench.wait(number))
    bench.run_until_idle()
    assert bench.job(number).state == "complete"
    assert bench.task(number).closed_at is not None


def test_a_staff_task_opens_after_a_quarter_of_an_hour_however_few_the_tries(bench):
    slow = Ladder("slow", (1000, 1000), then_every=None, until=0, task_after_tries=9)
    number = bench.enqueue(bench.kind(Step("one", "One", run=failing(RuntimeError("no"))), ladder=slow))
    bench.run_until_idle()
    assert bench.task(number) is None
    bench.later(1000)
    bench.run_until_idle()
    assert bench.task(number) is not None


def test_retry_after_waits_as_told_and_counts_as_a_try(bench):
    number = bench.enqueue(bench.kind(Step("one", "One", run=failing(RetryAfter(77), None))))
    bench.run_until_idle()
    assert (bench.wait(number), bench.job(number).failures) == (77, 1)
    bench.later(77)
    bench.run_until_idle()
    assert (bench.job(number).state, bench.job(number).failures) == ("complete", 0)


def test_a_vendor_that_keeps_asking_for_a_moment_is_asked_ever_more_rarely(bench):
    always = [RetryAfter(1)] * 4
    number = bench.enqueue(bench.kind(Step("one", "One", run=failing(*always, None))))
    waits = []
    for _ in always:
        bench.run_until_idle()
        waits.append(bench.wait(number))
        bench.later(waits[-1])
    assert waits == [5, 30, 120, 600]


def test_still_running_keeps_its_handle_counts_no_try_and_frees_the_worker(bench):
    handles = []

    def run(context):
        handles.append(context.handle)
        if len(handles) < 3:
            raise StillRunning(check_after=20, handle={"task": len(handles)})

    number = bench.enqueue(bench.kind(Step("one", "One", run=run)))
    bench.run_until_idle()
    job = bench.job(number)
    assert (job.state, job.failures, job.owner, bench.wait(number)) == ("queued", 0, None, 20)
    bench.run_over_days(number)
    assert handles == [None, {"task": 1}, {"task": 2}]
    assert bench.job(number).state == "complete"


def test_still_running_ends_at_the_total_deadline_of_the_step(bench):
    number = bench.enqueue(bench.kind(Step("one", "One", run=failing(StillRunning(600, "h")))))
    pauses = bench.run_over_days(number)
    assert sum(pauses) == pytest.approx(3600, abs=601)
    job = bench.job(number)
    assert job.state == "needs_info"
    assert "not finished within" in job.question


def test_needs_info_stands_still_until_somebody_answers(bench):
    number = bench.enqueue(bench.kind(Step("one", "One", run=failing(NeedsInfo("Which disk?")))))
    bench.run_until_idle()
    bench.later(10 * 86_400)
    assert bench.run_until_idle() == 0
    job = bench.job(number)
    assert (job.state, job.question, bench.task(number).cause) == ("needs_info", "Which disk?", "Which disk?")


def test_an_unknown_outcome_is_tried_again_and_says_so(bench):
    number = bench.enqueue(bench.kind(Step("one", "One", run=failing(OutcomeUnknown("timeout"), None))))
    bench.run_until_idle()
    assert "outcome unknown: timeout" in bench.job(number).cause
    bench.run_over_days(number)
    assert bench.job(number).state == "complete"


def test_a_permanent_failure_undoes_in_reverse_and_tells_the_room_that_asked(bench):
    undone = []
    kind = bench.kind(
        Step("a", "A", run=failing(None), undo=lambda _c: undone.append("a")),
        Step("b", "B", run=failing(None)),
        Step("c", "C", run=failing(None), undo=lambda c: undone.append(f"c of {sorted(c.results)}")),
        Step("d", "D", run=failing(PermanentFailure("sold out")), undo=lambda _c: undone.append("d")),
        Step("e", "E", run=failing(None)),
    )
    number = bench.enqueue(kind)
    bench.run_until_idle()
    assert undone == ["d", "c of ['a', 'b', 'c']", "a"]
    assert bench.states(number) == ["undone", "done", "undone", "failed", "todo"]
    job = bench.job(number)
    assert (job.state, job.cause) == ("failed", "sold out")
    assert (bench.ended, bench.task(number).cause) == ([number], "sold out")
    assert bench.causes == ["sold out"], "who asked for the job hears why"


def test_a_crash_in_the_middle_of_undo_goes_on_where_it_was(each_bench, monkeypatch):
    bench, undone = each_bench, []
    kind = bench.kind(
        Step("a", "A", run=failing(None), undo=lambda _c: undone.append("a")),
        Step("b", "B", run=failing(None), undo=lambda _c: undone.append("b")),
        Step("c", "C", run=failing(PermanentFailure("sold out"))),
    )
    number = bench.enqueue(kind)
    _crash_at(monkeypatch, "test.job.a.undone")
    with pytest.raises(SimulatedCrash):
        bench.run_until_idle()
    monkeypatch.delenv("EZ_CRASH")
    bench.later(LEASE + 1)
    bench.run_until_idle("worker-2")
    assert undone == ["b", "a", "a"], "b was marked; a was undone but not yet marked"
    assert (bench.job(number).state, bench.ended) == ("failed", [number])


def test_a_job_that_kills_its_workers_three_times_is_set_aside(each_bench, monkeypatch):
    bench = each_bench
    number = bench.enqueue(bench.kind(Step("one", "One", run=failing(None))))
    for life in range(3):
        _crash_at(monkeypatch, "test.job.one.before")
        with pytest.raises(SimulatedCrash):
            bench.run_until_idle(f"worker-{life}")
        bench.later(LEASE + 1)
    bench.run_until_idle("worker-4")
    job = bench.job(number)
    assert job.state == "needs_info"
    assert "3 workers died" in job.question
    assert bench.task(number) is not None


def test_a_job_of_an_unknown_kind_waits_for_its_plugin(bench):
    number = bench.enqueue(bench.kind(Step("one", "One", run=failing(None)), name="lamp.light"))
    known = bench.kinds.pop("lamp.light")
    bench.run_until_idle()
    job = bench.job(number)
    assert (job.state, job.failures, bench.wait(number)) == ("queued", 0, 60)
    assert "lamp.light" in job.cause
    bench.kinds["lamp.light"] = known
    bench.later(61)
    bench.run_until_idle()
    assert bench.job(number).state == "complete"


def test_a_step_whose_port_is_missing_waits_too_but_a_defect_is_a_failure(bench):
    waits = bench.enqueue(bench.kind(Step("one", "One", run=lambda c: c.ports.get(str, "lamp"))), "waits")
    fails = bench.enqueue(bench.kind(Step("one", "One", run=lambda c: c.payload["x"]), name="other"), "fails")
    bench.run_until_idle()
    assert (bench.job(waits).failures, bench.job(fails).failures) == (0, 1)
    assert "KeyError" in bench.job(fails).cause


def test_a_job_begun_by_another_release_keeps_what_is_done(bench):
    ran = []

    def step(name, *errors):
        body = failing(*errors or (None,))
        return Step(name, name.title(), run=lambda c: (ran.append(name), body(c))[1])

    number = bench.enqueue(bench.kind(step("a"), step("gone", RuntimeError("no")), step("b")))
    bench.run_until_idle()
    bench.kind(step("b"), step("a"), step("new"))
    bench.later(10)
    bench.run_until_idle()
    assert bench.job(number).state == "complete"
    assert ran == ["a", "gone", "b", "new"]
    assert list(bench.steps(number)) == ["b", "a", "new", "gone"]


def test_steps_chosen_by_a_function_and_a_kind_without_steps_both_complete(bench):
    chosen = bench.kind(name="chosen")
    chosen = bench.kinds["chosen"] = type(chosen)(
        "chosen", "Chosen", MAIL, lambda c: [Step(c.payload["verb"], "Verb", run=failing(None))]
    )
    first = bench.enqueue(chosen, "a", payload={"verb": "suspend"})
    second = bench.enqueue(bench.kind(name="empty"), "b")
    bench.run_until_idle()
    assert (bench.job(first).state, bench.job(second).state) == ("complete", "complete")
    assert list(bench.steps(first)) == ["suspend"]


def test_a_worker_that_shuts_down_hands_the_rest_over_at_once(each_bench):
    bench, ran = each_bench, []
    kind = bench.kind(
        *[Step(name, name, run=lambda c, name=name: ran.append((name, c.job.owner))) for name in "abc"]
    )
    number = bench.enqueue(kind)
    leaving = bench.engine("leaving")
    leaving.stopping = lambda: True
    leaving.run_one()
    assert (bench.job(number).state, bench.job(number).failures) == ("queued", 0)
    bench.run_until_idle("next")
    assert ran == [("a", "leaving"), ("b", "next"), ("c", "next")]


def test_what_was_said_to_the_vendor_is_kept_for_staff(bench):
    def run(context):
        context.log("POST /machines", '{"id": 7}', 201)

    number = bench.enqueue(bench.kind(Step("one", "One", run=run)))
    bench.run_until_idle()
    with bench.work.read() as uow:
        line = uow.session.scalars(select(JobLog).where(JobLog.job_id == number)).one()
    assert (line.step, line.request, line.status) == ("one", "POST /machines", 201)
