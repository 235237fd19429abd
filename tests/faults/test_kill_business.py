"""kill -9 of the worker at every crash point of create, charge, suspend, unsuspend and terminate.

Each story ends as if nobody had died: one machine, one payment, no open job, one mail of each kind, a balanced
ledger. Every point has a shop, vendors and workers of its own, so the deaths do not wait for each other.
"""

from __future__ import annotations

import os
import signal
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.faults.deaths import DEATHS, ROTATING
from tests.faults.ez_process import PATIENCE, own_redis, start_ez, until
from tests.faults.scenes import Embedded, Prepared, Production, on_stage, prepare
from tests.faults.stories import STORIES

pytestmark = pytest.mark.slow

AT_ONCE = int(os.environ.get("EZ_DEATHS_AT_ONCE", "5"))


class Theatre:
    """Prepares each story once and lets the wanted deaths happen, several at once."""

    def __init__(self, flavour: Any, folder: Path) -> None:
        self.flavour, self.folder = flavour, folder
        self._pool = ThreadPoolExecutor(AT_ONCE)
        # One at a time: alembic's operations are global to a process.
        self._stories = ThreadPoolExecutor(1)
        self._prepared: dict[str, Future[Prepared]] = {}
        self._deaths: dict[tuple[str, str], Future[list[str]]] = {}

    def announce(self, deaths: list[tuple[str, str]]) -> None:
        """These are going to be asked for; whoever dies waits for the story."""
        for name in dict.fromkeys(name for name, _ in deaths):
            self._prepared[name] = self._stories.submit(
                prepare, self.flavour, STORIES[name], self.folder / f"prepared-{name}"
            )
        for number, (name, point) in enumerate(deaths):
            self._deaths[name, point] = self._pool.submit(self._die, name, point, number)

    def outcome(self, name: str, point: str) -> list[str]:
        """What went wrong with this death."""
        return self._deaths[name, point].result()

    def close(self) -> None:
        """No more deaths."""
        self._stories.shutdown(cancel_futures=True)
        self._pool.shutdown(cancel_futures=True)

    def _die(self, name: str, point: str, number: int) -> list[str]:
        prepared = self._prepared[name].result()
        with on_stage(self.flavour, prepared, self.folder / f"{name}-{number}") as scene:
            worker = ["worker", "-c", str(scene.ini), "--no-scheduler"]
            victim = start_ez(worker, scene.log, EZ_CRASH=point)
            victim.join(PATIENCE)
            if victim.exitcode != -signal.SIGKILL:
                victim.kill()
                return [f"the worker never passed {point} ({victim.exitcode})", scene.log.read_text()[-3000:]]
            scene.a_minute_later()
            heir = start_ez(worker, scene.log)
            try:
                until(scene.is_over, "no open job")
            except AssertionError as late:
                return [str(late), str(scene.open_jobs()), scene.log.read_text()[-3000:]]
            finally:
                heir.kill()
                heir.join()
            wrong = scene.wrong(prepared.story.ending)
            return [*wrong, scene.log.read_text()[-3000:]] if wrong else []


@pytest.fixture(scope="module")
def embedded_theatre(request, tmp_path_factory):
    yield from _theatre_of(request, Embedded(), tmp_path_factory, "test_killed_on_sqlite")


@pytest.fixture(scope="module")
def production_theatre(request, postgresql_server, tmp_path_factory):
    with own_redis() as address:
        flavour = Production(postgresql_server, address)
        yield from _theatre_of(request, flavour, tmp_path_factory, "test_killed_on_postgresql_and_redis")


def _theatre_of(request, flavour, folders, test):
    theatre = Theatre(flavour, folders.mktemp(flavour.name))
    wanted = [item for item in request.session.items if getattr(item, "originalname", "") == test]
    theatre.announce([(item.callspec.params["name"], item.callspec.params["point"]) for item in wanted])
    yield theatre
    theatre.close()


@pytest.mark.parametrize(("name", "point"), DEATHS)
def test_killed_on_sqlite(embedded_theatre, name, point):
    assert embedded_theatre.outcome(name, point) == []


@pytest.mark.postgresql
@pytest.mark.redis
@pytest.mark.parametrize(("name", "point"), ROTATING)
def test_killed_on_postgresql_and_redis(production_theatre, name, point):
    assert production_theatre.outcome(name, point) == []
