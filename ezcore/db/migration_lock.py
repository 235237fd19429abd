"""One migrator at a time: an advisory lock on PostgreSQL, a file lock beside an SQLite database.

Both are let go by the system when the process dies, so a killed migrator blocks nobody.
"""

from __future__ import annotations

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, text

from ezcore.kernel.errors import EzError

LOCK_NUMBER = 0x457A_4D69  # "EzMi"; any number that nobody else uses in this database
LOOK_EVERY = 0.1


class MigrationRuns(EzError):
    """Another `ez migrate` is at work and did not finish in time."""


@contextmanager
def migration_lock(engine: Engine, wait_seconds: float) -> Iterator[None]:
    """Hold the lock for the block. Raises: MigrationRuns."""
    if engine.dialect.name == "sqlite":
        with _file_lock(engine, wait_seconds):
            yield
    else:
        with _advisory_lock(engine, wait_seconds):
            yield


@contextmanager
def _advisory_lock(engine: Engine, wait_seconds: float) -> Iterator[None]:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        take = text("SELECT pg_try_advisory_lock(:number)")
        _wait_for(lambda: bool(connection.execute(take, {"number": LOCK_NUMBER}).scalar()), wait_seconds)
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:number)"), {"number": LOCK_NUMBER})


@contextmanager
def _file_lock(engine: Engine, wait_seconds: float) -> Iterator[None]:
    database = engine.url.database
    if not database or database == ":memory:":
        yield  # nobody else can see it
        return
    with Path(f"{database}.migrate.lock").open("w") as handle:
        _wait_for(lambda: _locked(handle.fileno()), wait_seconds)
        yield


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _wait_for(taken: Callable[[], bool], seconds: float) -> None:
    last = time.monotonic() + seconds
    while not taken():
        if time.monotonic() >= last:
            raise MigrationRuns
        time.sleep(LOOK_EVERY)
