"""kill -9 at every line that matters: each effect happens once and no job stays open."""

from __future__ import annotations

import multiprocessing
import signal
import socket
import subprocess
import time
from collections import Counter
from contextlib import closing, contextmanager
from dataclasses import replace

import pytest
import redis
from sqlalchemy import func, select

from ezcore.jobs.models import OPEN_STATES, Job, ScheduledRun, WorkerProcess
from tests.faults.engine_shop import Shop, enqueue, enqueue_with, run_worker

pytestmark = pytest.mark.slow

STEP_POINTS = [f"{step}.{where}" for step in "abc" for where in ("before", "after", "settled")]
GENERIC_POINTS = ["jobs.claimed", "work.committed:4", "work.committed:7"]
PATIENCE = 40.0

# Children come from a server that has imported everything once: starting one costs milliseconds.
processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload(["tests.faults.engine_shop"])


@pytest.fixture
def redis_server():
    """A Redis of our own that we may flush and kill."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    client = redis.Redis(port=port)
    _until(lambda: _answers(client), "redis-server")
    yield client, server
    client.close()
    server.kill()
    server.wait()


def _answers(client):
    try:
        return client.ping()
    except redis.ConnectionError:
        return False


@pytest.fixture(
    params=["embedded", pytest.param("production", marks=[pytest.mark.postgresql, pytest.mark.redis])]
)
def shop(request, tmp_path):
    """SQLite with its own queue file, and PostgreSQL with Redis."""
    if request.param == "embedded":
        url = request.getfixturevalue("sqlite_url")
        return Shop(url, tmp_path / "effects", {"file": str(tmp_path / "queue.sqlite3")})
    return request.getfixturevalue("production_shop")


@pytest.fixture
def production_shop(postgresql_template, postgresql_server, redis_server, tmp_path):
    client, _ = redis_server
    port = client.connection_pool.connection_kwargs["port"]
    url = postgresql_server.create(postgresql_template)
    yield Shop(url, tmp_path / "effects", {"storage": "redis", "redis_url": f"redis://127.0.0.1:{port}/0"})
    postgresql_server.drop(url)


def _start(target, *args):
    process = processes.Process(target=target, args=args)
    process.start()
    return process


@contextmanager
def _worker(shop, **environ):
    process = _start(run_worker, shop, environ)
    try:
        yield process
        process.terminate()
        process.join(12)
    finally:
        process.kill()
    assert process.exitcode == 0, "a worker ends on TERM in time"


def _dies(process):
    process.join(PATIENCE)
    assert process.exitcode == -signal.SIGKILL


def _until(true, what):
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, f"waited {PATIENCE} s for: {what}"
        time.sleep(0.05)


def _count(shop, query):
    work, _ = shop.open(rings=False)
    with work.read() as uow:
        found = uow.session.scalar(query)
    work.engine.dispose()
    return found


def _open(shop):
    return _count(shop, select(func.count()).select_from(Job).where(Job.state.in_(OPEN_STATES)))


def _finish(shop):
    try:
        _until(lambda: _open(shop) == 0, "no open job")
    except AssertionError:
        pytest.fail(f"still open: {_still_open(shop)}")


def _still_open(shop):
    work, _ = shop.open(rings=False)
    with work.read() as uow:
        columns = (Job.key, Job.state, Job.lost_leases, Job.attempts, Job.lease_until, Job.cause)
        rows = uow.session.execute(select(*columns).where(Job.state.in_(OPEN_STATES))).all()
    work.engine.dispose()
    return rows


def _assert_once(shop, names):
    """Three effects and one settlement per job, no more, no less; every job complete."""
    assert Counter(shop.happened()) == Counter(f"{name}/{step}" for name in names for step in "abc")
    settled = _count(shop, select(func.count()).select_from(ScheduledRun))
    complete = _count(shop, select(func.count()).select_from(Job).where(Job.state == "complete"))
    assert (settled, complete) == (len(names), len(names))


def test_killed_at_every_crash_point_each_effect_happens_once(shop):
    points = {f"k{number}": f"k{number}.{point}" for number, point in enumerate(STEP_POINTS)}
    for name, point in points.items():
        enqueue(shop, [name])
        _dies(_start(run_worker, _alone(shop), {"EZ_CRASH": point}))
    with _worker(shop):
        _finish(shop)
    _assert_once(shop, list(points))


def test_killed_after_any_claim_or_commit_each_effect_happens_once(shop):
    for number, point in enumerate(GENERIC_POINTS):
        enqueue(shop, [f"g{number}"])
        _dies(_start(run_worker, _alone(shop), {"EZ_CRASH": point}))
        with _worker(shop):
            _finish(shop)
    _assert_once(shop, [f"g{number}" for number in range(len(GENERIC_POINTS))])


def _alone(shop):
    """With one thread, so that the death of one job is not counted against another that ran beside it."""
    return replace(shop, workers=1)


def test_killed_in_the_middle_of_undo_every_effect_is_taken_back_once(shop):
    for name in ("undo1", "undo2"):
        enqueue(shop, [name])
        _dies(_start(run_worker, _alone(shop), {"EZ_CRASH": f"{name}.{'ab'[name == 'undo1']}.undone"}))
    with _worker(shop):
        _finish(shop)
    taken_back = Counter(line for line in shop.happened() if line.startswith("-"))
    assert taken_back == Counter(f"-{name}/{step}" for name in ("undo1", "undo2") for step in "ab")
    failed = _count(shop, select(func.count()).select_from(Job).where(Job.state == "failed"))
    assert failed == 2


def test_killed_while_an_undo_is_tried_again_every_effect_is_taken_back_once(shop):
    """Each undo fails once before it goes well; the worker dies after the first effect that was taken back."""
    for name, step in (("undoaway1", "b"), ("undoaway2", "a")):
        enqueue(shop, [name])
        _dies(_start(run_worker, _alone(shop), {"EZ_CRASH": f"{name}.{step}.undone"}))
    with _worker(shop):
        _finish(shop)
    names = ("undoaway1", "undoaway2")
    taken_back = Counter(line for line in shop.happened() if line.startswith("-"))
    assert taken_back == Counter(f"-{name}/{step}" for name in names for step in "ab")
    tried = Counter(line for line in shop.happened() if line.startswith("!"))
    assert tried == Counter(f"!{name}/{step}" for name in names for step in "ab")
    failed = select(func.count()).select_from(Job).where(Job.state == "failed")
    assert _count(shop, failed) == 2


def test_killed_after_commit_and_before_ringing_the_sweep_starts_the_job(shop):
    with _worker(shop):
        _until(lambda: _count(shop, select(func.count()).select_from(WorkerProcess)) == 1, "a heartbeat")
        _dies(_start(enqueue_with, shop, ["quiet"], {"EZ_CRASH": "work.committed"}))
        _finish(shop)
    _assert_once(shop, ["quiet"])


def test_a_worker_that_is_told_to_stop_leaves_the_rest_to_the_next_one(shop):
    names = [f"slow:{number}" for number in range(30)]
    enqueue(shop, names)
    with _worker(shop):
        _until(lambda: len(shop.happened()) > 10, "some work")
    assert _open(shop) > 0
    assert _count(shop, select(func.count()).select_from(Job).where(Job.state == "running")) == 0
    with _worker(shop):
        _finish(shop)
    _assert_once(shop, names)


def test_a_worker_ends_when_its_supervisor_is_gone(shop):
    reading, writing = processes.Pipe(duplex=False)
    process = _start(run_worker, shop, {}, reading)
    reading.close()
    _until(lambda: _count(shop, select(func.count()).select_from(WorkerProcess)) == 1, "a heartbeat")
    writing.close()
    process.join(10)
    assert process.exitcode == 0
    assert _count(shop, select(func.count()).select_from(WorkerProcess)) == 0, "it signed off"


@pytest.mark.postgresql
@pytest.mark.redis
def test_flushing_the_queue_in_the_middle_of_fifty_jobs_costs_nothing(production_shop, redis_server):
    client, _ = redis_server
    names = [f"slow:{number}" for number in range(50)]
    with _worker(production_shop), _worker(production_shop):
        for number in range(0, 50, 5):
            enqueue(production_shop, names[number : number + 5])
            client.flushall()
        _until(lambda: len(production_shop.happened()) > 40, "half of the work")
        client.flushall()
        _finish(production_shop)
    _assert_once(production_shop, names)


@pytest.mark.postgresql
@pytest.mark.redis
def test_without_a_queue_at_all_jobs_run_by_polling(production_shop, redis_server):
    _, server = redis_server
    with _worker(production_shop):
        _until(
            lambda: _count(production_shop, select(func.count()).select_from(WorkerProcess)) == 1, "a beat"
        )
        server.kill()
        server.wait()
        started = time.monotonic()
        enqueue(production_shop, ["alone"])
        assert time.monotonic() - started < 3, "a dead queue does not hold up the request"
        _finish(production_shop)
    _assert_once(production_shop, ["alone"])


@pytest.mark.postgresql
@pytest.mark.redis
def test_garbage_and_pickle_in_the_queue_leave_the_worker_alive(production_shop, redis_server):
    client, _ = redis_server
    with _worker(production_shop) as process:
        for bytes_ in (b"\x80\x04\x95.", b"due.forged", b"\x00" * 5000):
            client.zadd("huey.redis.ezcore", {b"12345678" + bytes_: 0})
        _until(lambda: client.zcard("huey.redis.ezcore") == 0, "an empty queue")
        enqueue(production_shop, ["after"])
        _finish(production_shop)
        assert process.is_alive()
    _assert_once(production_shop, ["after"])
