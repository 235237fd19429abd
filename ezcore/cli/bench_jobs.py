"""Measures the job engine against the database under it: interleaved pairs on a scratch PostgreSQL.

The floor is one durable commit: one row changed in one transaction by the bare driver. The machine may be shared and
its speed moves; a pair runs within a second, so its ratio says more than its rates.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import psycopg
from sqlalchemy import delete, insert, text
from sqlalchemy.engine import make_url

from ezcore.cli.bench_jobs_worker import EMPTY, NOOP, started_within
from ezcore.cli.bench_worker import open_bench_shop
from ezcore.jobs import operations as jobs
from ezcore.jobs.engine import Engine
from ezcore.jobs.models import Job
from ezcore.plugin_api.protocols import Ports
from ezcore.work import Work

BARS: Final = {"ratio": 3.0, "queued_10000": 1.3, "waiting_10000": 1.3, "start_seconds": 1.0}
LEASE: Final = 60.0


@dataclass
class Bench:
    """Makes a scratch database on `server`, measures, and drops it. `redis_url` is "" where there is none."""

    server: str
    redis_url: str
    say: Callable[[str], None]

    def run(self, turns: int, pairs: int, queued: int) -> dict[str, Any]:
        """All figures; bars that are missed are listed under `missed`. Times in milliseconds unless named."""
        with self._database() as url:
            shop = open_bench_shop(url)
            work = shop.work
            durable = _is_durable(work)
            engine = _engine(work, shop.host.ports)
            found = self._pairs(engine, url, turns, pairs) | self._queue(engine, turns, pairs, queued)
            if self.redis_url:
                found["start_seconds"] = round(started_within(url, self.redis_url, work), 3)
            work.engine.dispose()
        found["load"] = [round(one, 1) for one in os.getloadavg()]
        left_out = [] if self.redis_url else ["start_seconds: no Redis given"]
        if not durable:
            left_out.append("ratio: fsync is off at this server, so that a commit is no durable commit")
        missed = [
            f"{name} {found[name]}, at most {most}"
            for name, most in BARS.items()
            if found.get(name, 0) > most and (durable or name != "ratio")
        ]
        return {**found, "missed": missed, "left_out": left_out}

    def _pairs(self, engine: Engine, url: str, turns: int, pairs: int) -> dict[str, Any]:
        work = engine.work
        plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        ours, floor = [], []
        with psycopg.connect(plain) as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS bench_floor (id int PRIMARY KEY, n int NOT NULL)")
            connection.execute("INSERT INTO bench_floor VALUES (1, 0) ON CONFLICT DO NOTHING")
            connection.commit()
            for number in range(pairs + 1):
                _empty(work)
                _fill(work, turns, f"pair{number}")
                _analyze(work)
                mine = _each(turns, engine.run_one)
                least = _each(turns, lambda: _commit(connection))
                if number:  # the first pair warms up statements and caches
                    ours.append(mine)
                    floor.append(least)
                    self.say(
                        f"pair {number}: job {mine:.2f} ms, commit {least:.2f} ms, ratio {mine / least:.2f}"
                    )
        ratios = [mine / least for mine, least in zip(ours, floor, strict=True)]
        return {
            "pairs": pairs,
            "job_ms": round(statistics.median(ours), 3),
            "commit_ms": round(statistics.median(floor), 3),
            "ratio": round(statistics.median(ratios), 2),
            "ratios": [round(one, 2) for one in ratios],
        }

    def _queue(self, engine: Engine, turns: int, pairs: int, queued: int) -> dict[str, Any]:
        """A claim in front of few jobs, of many that are due, and of many that wait for an hour, in turns."""
        work = engine.work
        ways = {"claim_ms": (0, 0), "queued_10000": (queued, 0), "waiting_10000": (0, queued)}
        times: dict[str, list[float]] = {name: [] for name in ways}
        for number in range(pairs):
            for name, (due, later) in ways.items():
                _empty(work)
                _fill(work, turns, f"{name}{number}a")
                _fill(work, due, f"{name}{number}b")
                _fill(work, later, f"{name}{number}c", timedelta(hours=1))
                _analyze(work)
                engine.take()
                times[name].append(_each(turns - 1, engine.take))
            self.say(
                f"claims, turn {number + 1}: " + ", ".join(f"{n} {t[-1]:.2f} ms" for n, t in times.items())
            )
        _empty(work)
        few = times.pop("claim_ms")
        slower = {
            name: round(statistics.median([more / less for more, less in zip(many, few, strict=True)]), 2)
            for name, many in times.items()
        }
        return {"queued": queued, "claim_ms": round(statistics.median(few), 3), **slower}

    @contextmanager
    def _database(self) -> Iterator[str]:
        server = make_url(self.server).set(drivername="postgresql")
        name = f"ez_bench_jobs_{os.getpid()}"
        shown = server.render_as_string(hide_password=False)
        with psycopg.connect(shown, autocommit=True) as admin:
            admin.execute(f'CREATE DATABASE "{name}"'.encode())
        try:
            url = server.set(database=name).render_as_string(hide_password=False)
            shop = open_bench_shop(url)
            shop.migrate()
            shop.engine.dispose()
            yield url
        finally:
            with psycopg.connect(shown, autocommit=True) as admin:
                admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


def _engine(work: Work, ports: Ports) -> Engine:
    return Engine(work, {EMPTY.name: EMPTY, NOOP.name: NOOP}, ports, "bench", LEASE, lambda _uow, _job: None)


def _is_durable(work: Work) -> bool:
    """Does a commit of this server wait for the disk?"""
    with work.read() as uow:
        return all(
            uow.session.execute(text(f"SHOW {name}")).scalar() != "off"
            for name in ("fsync", "synchronous_commit")
        )


def _commit(connection: psycopg.Connection[Any]) -> None:
    connection.execute("UPDATE bench_floor SET n = n + 1 WHERE id = 1")
    connection.commit()


def _each(turns: int, one: Callable[[], Any]) -> float:
    """Milliseconds per turn."""
    started = time.perf_counter()
    for _ in range(turns):
        one()
    return (time.perf_counter() - started) / turns * 1000


def _fill(work: Work, count: int, name: str, later: timedelta = timedelta(0)) -> None:
    if not count:
        return
    with work.write() as uow:
        first = jobs.enqueue(uow, EMPTY, f"{name}-0", {}, run_at=uow.database_now() + later)
        rows = [
            {
                "kind": EMPTY.name, "key": f"{name}-{number}", "subject_kind": "", "payload": {}, "priority": 0,
                "run_at": first.run_at, "actor_name": "bench", "created_at": uow.now(), "state": "queued",
            }
            for number in range(1, count)
        ]  # fmt: skip
        if rows:
            uow.session.execute(insert(Job), rows)


def _empty(work: Work) -> None:
    with work.write() as uow:
        uow.session.execute(delete(Job))


def _analyze(work: Work) -> None:
    """As the database does by itself in a shop that has run for some minutes."""
    with work.engine.connect() as connection:
        plain = connection.execution_options(isolation_level="AUTOCOMMIT")
        plain.exec_driver_sql("VACUUM ANALYZE job")
