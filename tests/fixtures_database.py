"""Databases and units of work for tests.

`work` is SQLite and fast; `each_work` runs the test once per database. Their schema is made from the models
once per session and copied for each test. `database_url` is an empty one, for those who bring their schema.
Time is virtual: `work.clock.advance(...)` moves business dates, leases and due times alike.
`real_time(work)` gives the same work with leases on the database's own clock, for races between processes.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine import make_url

from ezcore.db.base import Base
from ezcore.db.engine import make_engine
from ezcore.db.rooms import import_models
from ezcore.testkit.quiet import quiet_work
from ezcore.work import Work

_number = count(1)


def real_time(work: Work) -> Work:
    """The same, with leases and due times on the database's clock."""
    return replace(work, virtual_time=False)


def _forget_disk(connection, _record) -> None:
    connection.execute("PRAGMA synchronous=OFF")


def _fast_engine(url: str) -> Engine:
    engine = make_engine(url)
    if engine.dialect.name == "sqlite":
        # A test's database need not survive a power cut.
        event.listen(engine, "connect", _forget_disk)
    return engine


def _create_schema(url: str) -> None:
    import_models()
    engine = _fast_engine(url)
    try:
        Base.metadata.create_all(engine)
    finally:
        engine.dispose()


class PostgresqlServer:
    """Makes and drops databases named ez_test_*.

    A DROP waits for a checkpoint, a second and more on a slow disk: a thread of its own does it while tests go on.
    """

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self._admin = create_engine(self.url, isolation_level="AUTOCOMMIT")
        self._made: list[str] = []
        self._dropper = ThreadPoolExecutor(1, thread_name_prefix="drop")

    def create(self, template: str | None = None) -> str:
        """A new database; returns its address."""
        worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        name = f"ez_test_{os.getpid()}_{worker}_{next(_number)}"
        copy = f' TEMPLATE "{make_url(template).database}"' if template else ""
        with self._admin.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}"{copy}'))
        self._made.append(name)
        return self.url.set(database=name).render_as_string(hide_password=False)

    def drop(self, url: str) -> None:
        """Drop it soon, whoever is still connected."""
        self._dropper.submit(self._drop, str(make_url(url).database))

    def _drop(self, name: str) -> None:
        with self._admin.connect() as connection:
            connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        self._made.remove(name)

    def close(self) -> None:
        """Drop what is left."""
        self._dropper.shutdown()
        for name in list(self._made):
            self._drop(name)
        self._admin.dispose()


@pytest.fixture(scope="session")
def postgresql_server(postgresql_url: str) -> Iterator[PostgresqlServer]:
    """The server in which databases are made; left out, or failed in CI, where none answers."""
    server = PostgresqlServer(postgresql_url)
    yield server
    server.close()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with every core table."""
    path = tmp_path_factory.mktemp("schema") / "template.sqlite3"
    _create_schema(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: PostgresqlServer) -> str:
    """A PostgreSQL database with every core table."""
    url = postgresql_server.create()
    _create_schema(url)
    return url


BOTH = [pytest.param("sqlite"), pytest.param("postgresql", marks=pytest.mark.postgresql)]


@pytest.fixture(params=BOTH)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database, once on each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.sqlite3'}"
        return
    server = request.getfixturevalue("postgresql_server")
    url = server.create()
    yield url
    server.drop(url)


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """An SQLite database with every core table and no row."""
    path = tmp_path / "test.sqlite3"
    shutil.copy(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture(params=BOTH)
def schema_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A database with every core table and no row, once on each kind."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_url")
        return
    template = request.getfixturevalue("postgresql_template")
    server = request.getfixturevalue("postgresql_server")
    url = server.create(template)
    yield url
    server.drop(url)


def _work(url: str) -> Iterator[Work]:
    engine = _fast_engine(url)
    yield quiet_work(engine)
    engine.dispose()


@pytest.fixture
def work(sqlite_url: str) -> Iterator[Work]:
    """Units of work on SQLite."""
    yield from _work(sqlite_url)


@pytest.fixture
def each_work(schema_url: str) -> Iterator[Work]:
    """Units of work, once on SQLite and once on PostgreSQL."""
    yield from _work(schema_url)
