"""Claiming: the best due job first, each by one worker, never more than half of them on one provider."""

from __future__ import annotations

import threading
from datetime import timedelta

from ezcore.jobs import operations as jobs
from ezcore.jobs.engine.claim import claim, count_due
from ezcore.jobs.engine.grasp import grasp
from ezcore.jobs.engine.heart import Heart
from ezcore.jobs.models import Job, WorkerProcess
from ezcore.plugin_api.jobs import Step
from tests.fixtures_database import real_time
from tests.fixtures_jobs import LEASE


def _nothing(_context):
    return None


def _claim(bench, owner="w"):
    job = claim(bench.work, owner, LEASE)
    return job.key if job else None


def _workers(bench, threads):
    with bench.work.write() as uow:
        now = uow.database_now()
        uow.session.add(WorkerProcess(owner="others", threads=threads, started_at=now, seen_at=now))


def test_the_most_urgent_goes_first_then_the_one_that_waits_longest(each_bench):
    calm = each_bench.kind(Step("one", "One", run=_nothing), name="calm")
    urgent = each_bench.kind(Step("one", "One", run=_nothing), name="urgent", priority=5)
    each_bench.enqueue(calm, "first")
    each_bench.later(1)
    each_bench.enqueue(calm, "second")
    each_bench.enqueue(urgent, "urgent")
    assert [_claim(each_bench) for _ in range(4)] == ["urgent", "first", "second", None]


def test_a_job_is_not_due_before_its_time(each_bench):
    kind = each_bench.kind(Step("one", "One", run=_nothing))
    each_bench.enqueue(kind, run_at=each_bench.work.clock.now() + timedelta(minutes=5))
    assert _claim(each_bench) is None
    each_bench.later(301)
    assert _claim(each_bench) == "k1"


def test_asking_twice_for_the_same_work_gives_one_job(each_bench):
    kind = each_bench.kind(Step("one", "One", run=_nothing))
    assert each_bench.enqueue(kind, "same") == each_bench.enqueue(kind, "same")
    assert [_claim(each_bench), _claim(each_bench)] == ["same", None]


def test_twenty_who_ask_at_once_for_the_same_work_get_one_job(each_bench):
    kind = each_bench.kind(Step("one", "One", run=_nothing))
    found, gate = [], threading.Barrier(20)

    def ask():
        gate.wait()
        found.append(each_bench.enqueue(kind, "same"))

    _all_at_once(ask, 20)
    assert len(found) == 20
    assert len(set(found)) == 1


def test_eight_workers_at_once_never_claim_the_same_job(each_bench):
    bench = each_bench
    bench.work = real_time(bench.work)
    kind = bench.kind(Step("one", "One", run=_nothing))
    with bench.work.write() as uow:
        for number in range(24):
            jobs.enqueue(uow, kind, f"k{number}", {})
    claimed = []

    def take():
        while (job := claim(bench.work, threading.current_thread().name, LEASE)) is not None:
            claimed.append(job.key)

    _all_at_once(take, 8)
    assert sorted(claimed) == sorted(f"k{number}" for number in range(24))


def test_one_provider_gets_at_most_half_of_the_workers(each_bench):
    _workers(each_bench, threads=4)
    kind = each_bench.kind(Step("one", "One", run=_nothing))
    for number in range(4):
        each_bench.enqueue(kind, f"slow{number}", provider="slow")
    each_bench.enqueue(kind, "other", provider="other")
    assert [_claim(each_bench) for _ in range(4)] == ["slow0", "slow1", "other", None]


def test_the_room_at_a_provider_holds_under_a_race(each_bench):
    bench = each_bench
    _workers(bench, threads=4)
    kind = bench.kind(Step("one", "One", run=_nothing))
    for number in range(8):
        bench.enqueue(kind, f"slow{number}", provider="slow")
    claimed, gate = [], threading.Barrier(8)

    def take():
        gate.wait()
        claimed.append(_claim(bench))

    _all_at_once(take, 8)
    assert len([key for key in claimed if key]) == 2


def test_workers_that_died_do_not_count_as_room(each_bench):
    _workers(each_bench, threads=40)
    each_bench.later(120)
    kind = each_bench.kind(Step("one", "One", run=_nothing))
    for number in range(3):
        each_bench.enqueue(kind, f"slow{number}", provider="slow")
    assert [_claim(each_bench) for _ in range(3)] == ["slow0", None, None]


def test_a_lease_that_ran_out_frees_the_job_and_its_place(each_bench):
    kind = each_bench.kind(Step("one", "One", run=_nothing))
    number = each_bench.enqueue(kind, provider="slow")
    assert _claim(each_bench, "dead") == "k1"
    each_bench.later(LEASE - 1)
    assert _claim(each_bench, "alive") is None
    each_bench.later(2)
    assert _claim(each_bench, "alive") == "k1"
    job = each_bench.job(number)
    assert (job.owner, job.fence, job.lost_leases, job.attempts) == ("alive", 2, 1, 2)


def test_a_heartbeat_keeps_the_lease_of_what_runs(each_bench):
    bench = each_bench
    number = bench.enqueue(bench.kind(Step("one", "One", run=_nothing)))
    engine = bench.engine("alive")
    claim(bench.work, "alive", LEASE)
    engine.active.add(number)
    for _ in range(3):
        bench.later(LEASE * 0.9)
        Heart(engine, threads=2, seconds=5).beat()
    assert _claim(bench, "thief") is None


def test_the_heart_rings_only_when_something_is_due(bench):
    kind = bench.kind(Step("one", "One", run=_nothing))
    heart = Heart(bench.engine(), threads=2, seconds=5)
    heart.beat()
    assert bench.work.bell.rings == 0
    bench.enqueue(kind, run_at=bench.work.clock.now() + timedelta(seconds=30))
    rings = bench.work.bell.rings
    heart.beat()
    assert bench.work.bell.rings == rings
    bench.later(31)
    heart.beat()
    assert bench.work.bell.rings == rings + 1


def test_a_heart_whose_bell_is_broken_polls(bench):
    bench.enqueue(bench.kind(Step("one", "One", run=_nothing)))

    def broken():
        raise ConnectionError("no queue")

    bench.work.bell = broken
    polled = []
    Heart(bench.engine(), threads=2, seconds=5, when_silent=lambda: polled.append(1)).beat()
    assert polled == [1]


def test_what_is_due_is_counted_up_to_a_limit(bench):
    kind = bench.kind(Step("one", "One", run=_nothing))
    for number in range(5):
        bench.enqueue(kind, f"k{number}")
    with bench.work.read() as uow:
        assert (count_due(uow, 3), count_due(uow, 9)) == (3, 5)


def _all_at_once(function, times):
    errors = []

    def safely():
        try:
            function()
        except Exception as error:  # noqa: BLE001 - a thread keeps its error for the test
            errors.append(error)

    threads = [threading.Thread(target=safely) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def test_the_short_way_takes_what_asks_nobody_and_leaves_the_rest_to_the_long_one(each_bench):
    """PostgreSQL in real time takes a job with one statement; who asks a provider is counted first."""
    work = real_time(each_bench.work)
    kind = each_bench.kind(Step("one", "One", run=_nothing))
    on_sqlite = work.engine.dialect.name == "sqlite"
    for key, provider in (("plain", None), ("asks", "panel:1")):
        with work.write() as uow:
            jobs.enqueue(uow, kind, key, {}, provider=provider)
        short = None if on_sqlite else grasp(work, "w", LEASE, vendors=True)
        assert (short.key if short else None) == ("plain" if key == "plain" and not on_sqlite else None)
        job = short or claim(work, "w", LEASE)
        assert (job.key, job.state, job.owner, job.fence, job.attempts) == (key, "running", "w", 1, 1)
        with work.read() as uow:
            stored = uow.session.get_one(Job, job.id)
            assert (stored.state, stored.owner, stored.lease_until) == ("running", "w", job.lease_until)
