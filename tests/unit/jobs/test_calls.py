"""Each call of a step has a total deadline; one that hangs is left behind and can change nothing any more."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from ezcore.jobs.engine.calls import Calls
from ezcore.jobs.engine.heart import Heart
from ezcore.jobs.models import JobLog, WorkerProcess
from ezcore.kernel.crashpoint import SimulatedCrash
from ezcore.plugin_api.errors import OutcomeUnknown, PermanentFailure
from ezcore.plugin_api.jobs import Step
from tests.fixtures_jobs import failing

SOON = timedelta(seconds=0.05)


@pytest.fixture
def gate():
    """Holds calls up; every stray is let go at the end of the test."""
    event = threading.Event()
    yield event
    event.set()


def _engine(bench, most_strays=8):
    engine = bench.engine()
    engine.calls = Calls(in_threads=True, most_strays=most_strays)
    return engine


def _hanging(gate, ended=None):
    def run(context):
        gate.wait(10)
        try:
            context.log("late", "late", 200)
        except OutcomeUnknown:
            if ended is not None:
                ended.set()
            raise
        return "late"

    return Step("one", "One", run=run, call_limit=SOON)


def test_a_call_over_its_limit_is_left_behind_as_an_unknown_outcome(each_bench, gate):
    number = each_bench.enqueue(each_bench.kind(_hanging(gate)), provider="panel:1")
    engine = _engine(each_bench)
    assert engine.run_one()
    job = each_bench.job(number)
    assert (job.state, job.failures, job.lease_until) == ("queued", 1, None)
    assert "outcome unknown: no end within" in job.cause
    assert engine.calls.strays == 1


def test_a_stray_call_ends_at_its_next_word_and_nothing_of_it_is_written(each_bench, gate):
    ended = threading.Event()
    number = each_bench.enqueue(each_bench.kind(_hanging(gate, ended)), provider="panel:1")
    engine = _engine(each_bench)
    engine.run_one()
    gate.set()
    assert ended.wait(10)
    with each_bench.work.read() as uow:
        assert uow.session.scalars(select(JobLog)).all() == []
    assert each_bench.steps(number)["one"].result is None
    assert each_bench.job(number).state == "queued"


def test_a_process_with_too_many_strays_takes_no_job_of_a_provider(each_bench, gate):
    bench = each_bench
    bench.enqueue(bench.kind(_hanging(gate)), "hangs", provider="panel:1")
    fine = bench.kind(Step("one", "One", run=failing(None)), name="fine")
    engine = _engine(bench, most_strays=1)
    engine.run_one()
    vendor, ours = bench.enqueue(fine, "vendor", provider="panel:2"), bench.enqueue(fine, "ours")
    assert engine.run_one()
    assert not engine.run_one()
    assert (bench.job(vendor).state, bench.job(ours).state) == ("queued", "complete")
    assert _engine(bench).run_one(), "another process takes it"
    assert bench.job(vendor).state == "complete"


def test_the_heart_says_how_many_calls_hang(bench, gate):
    bench.enqueue(bench.kind(_hanging(gate)), provider="panel:1")
    engine = _engine(bench)
    engine.run_one()
    Heart(engine, threads=2, seconds=5).beat()
    with bench.work.read() as uow:
        assert uow.session.scalars(select(WorkerProcess)).one().strays == 1


def test_an_undo_has_the_same_limit(bench, gate):
    kind = bench.kind(
        Step("a", "A", run=failing(None), undo=lambda _c: gate.wait(10), call_limit=SOON),
        Step("b", "B", run=failing(PermanentFailure("sold out"))),
    )
    number = bench.enqueue(kind)
    _engine(bench).run_one()
    assert (bench.job(number).state, bench.job(number).failures) == ("queued", 1)
    assert "taking back “A”: no end within" in bench.job(number).cause


@pytest.mark.parametrize("error", [ValueError("no"), SimulatedCrash("here")])
def test_what_a_call_raises_is_raised_where_it_was_made(bench, error):
    def run(_context):
        raise error

    calls = Calls(in_threads=True)
    engine = bench.engine()
    number = bench.enqueue(bench.kind(Step("one", "One", run=failing(None))))
    with pytest.raises(type(error)):
        calls.run(run, engine.context(bench.job(number), None, []), SOON)


def test_a_call_without_a_limit_runs_in_the_workers_own_thread(bench):
    number = bench.enqueue(bench.kind(Step("one", "One", run=failing(None))))
    seen = []
    context = bench.engine().context(bench.job(number), None, [])
    Calls(in_threads=True).run(lambda _c: seen.append(threading.current_thread()), context, None)
    assert seen == [threading.current_thread()]
