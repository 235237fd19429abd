"""How soon a ready job starts: a real worker process under Huey on Redis, and a job rung for from here."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from dataclasses import replace
from typing import Any, Final

from ezcore.cli.bench_worker import KEY, open_bench_shop
from ezcore.db.sealed import SecretBox
from ezcore.jobs import operations as jobs
from ezcore.jobs.engine import Engine
from ezcore.jobs.models import Job, JobStep, WorkerProcess
from ezcore.plugin_api.jobs import PROVISIONING, JobKind, Step
from ezcore.settings import Jobs, Queue
from ezcore.tasks.consumer import run_consumer
from ezcore.tasks.lifeline import exit_when_parent_dies
from ezcore.tasks.queue import make_queue, ring
from ezcore.work import Work

NOOP: Final = JobKind(
    "bench.noop", "Nothing", PROVISIONING, [Step("nothing", "Nothing", run=lambda _c: None)]
)
EMPTY: Final = JobKind("bench.empty", "Empty", PROVISIONING, [])
TRIES: Final = 9
PATIENCE: Final = 60.0
SWEEP: Final = 30.0  # so slow that only the bell can be what wakes the worker


def started_within(url: str, redis_url: str, work: Work) -> float:
    """Median seconds from the commit of a job to its first step, by a worker of four threads that is idle."""
    queue = make_queue(_settings(work, redis_url), SecretBox([KEY]))
    ringing = replace(work, bell=lambda: ring(queue))
    command = [
        sys.executable,
        "-m",
        "ezcore.cli.main",
        "bench",
        "jobs-worker",
        "--database",
        url,
        "--redis",
        redis_url,
    ]
    worker = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)  # noqa: S603 - ourselves
    try:
        _until(lambda: _count_workers(work) == 1)
        time.sleep(1)
        found = []
        for number in range(TRIES):
            with ringing.write() as uow:
                asked = jobs.enqueue(uow, NOOP, f"start-{number}", {}).id
            _until(lambda asked=asked: _began(work, asked) is not None)
            found.append(_began(work, asked))
        return statistics.median(one for one in found if one is not None)
    finally:
        worker.terminate()
        worker.wait(20)


def work_on(url: str, redis_url: str) -> int:
    """Be that worker, until standard input ends or TERM."""
    exit_when_parent_dies(sys.stdin.fileno())
    shop = open_bench_shop(url)
    settings = _settings(shop.work, redis_url)
    queue = make_queue(settings, SecretBox([KEY]))
    work = replace(shop.work, bell=lambda: ring(queue), settings=settings)
    engine = Engine(work, {NOOP.name: NOOP}, shop.host.ports, "bench", 60.0, lambda _uow, _job: None)
    run_consumer(queue, engine, {}, lambda: None, settings, scheduler=False)
    print(json.dumps({"done": True}))
    return 0


def _settings(work: Work, redis_url: str) -> Any:
    return replace(
        work.settings,
        jobs=Jobs(workers=4, sweep_seconds=SWEEP),
        queue=Queue(storage="redis", redis_url=redis_url, name="ezbench"),
    )


def _began(work: Work, job_id: int) -> float | None:
    """Seconds between the job's due time and its first step, both on the database's clock."""
    with work.read() as uow:
        job = uow.session.get_one(Job, job_id)
        step = uow.session.query(JobStep).filter_by(job_id=job_id).first()
        if step is None or step.started_at is None:
            return None
        return float((step.started_at - job.run_at).total_seconds())


def _count_workers(work: Work) -> int:
    with work.read() as uow:
        return int(uow.session.query(WorkerProcess).count())


def _until(true: Any) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > end:
            raise TimeoutError("the worker of the bench did nothing")
        time.sleep(0.01)
