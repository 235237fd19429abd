"""Makes engines whose transactions begin as we say: immediate for writing, read-only for reading.

SQLite: `BEGIN IMMEDIATE` for writes (a deferred read-then-write fails at once under concurrency, whatever the
busy timeout), deferred with `query_only` for reads. PostgreSQL: `READ ONLY` for reads.
"""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Any, Literal

import psycopg
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import InvalidatePoolError

Mode = Literal["read", "write"]
BUSY_MILLISECONDS = 15_000
RESTED_SECONDS = 1.0


def make_engine(url: str, *, pool_size: int = 10, durable: bool = True) -> Engine:
    """An engine for `url`; creates the folder of an SQLite file.

    `durable=False` lets SQLite skip waiting for the disk: for a database that is thrown away when power fails,
    such as the demo's history while it is written.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        if parsed.database and parsed.database != ":memory:":
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        engine = create_engine(
            parsed, connect_args={"timeout": BUSY_MILLISECONDS / 1000, "check_same_thread": False}
        )
        event.listen(engine, "connect", _prepare_sqlite)
        if not durable:
            event.listen(engine, "connect", _trust_the_power)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    engine = create_engine(parsed, pool_size=pool_size, max_overflow=pool_size)
    event.listen(engine, "connect", _prepare_postgresql)
    event.listen(engine, "checkin", _lies_down)
    event.listen(engine, "checkout", _stands_up)
    event.listen(engine, "begin", _begin_postgresql)
    return engine


def make_plain_engine(engine: Engine) -> Engine:
    """PostgreSQL beside `engine`: every statement is a transaction of its own. Its few connections stay that way."""
    plain = create_engine(
        engine.url, isolation_level="AUTOCOMMIT", pool_reset_on_return=None, skip_autocommit_rollback=True
    )
    event.listen(plain, "connect", _prepare_postgresql)
    event.listen(plain, "connect", _plan_once)
    event.listen(plain, "checkin", _lies_down)
    event.listen(plain, "checkout", _stands_up)
    event.listen(engine, "engine_disposed", lambda _engine: plain.dispose())
    return plain


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    # We emit BEGIN ourselves; the driver's own habit of opening transactions is switched off.
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout={BUSY_MILLISECONDS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _trust_the_power(connection: sqlite3.Connection, _record: Any) -> None:
    connection.execute("PRAGMA synchronous=OFF")


def _begin_sqlite(connection: Connection) -> None:
    reading = connection.get_execution_options().get("ez_mode") == "read"
    # The pragma is said to the driver itself, and only where it changes: it would cost as much as a query.
    if connection.info.get("ez_reads") is not reading:
        driver: Any = connection.connection.dbapi_connection
        driver.execute(f"PRAGMA query_only={'ON' if reading else 'OFF'}")
        connection.info["ez_reads"] = reading
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _prepare_postgresql(connection: Any, _record: Any) -> None:
    # A lock that somebody holds for a minute must not pile up everybody else behind it.
    before, connection.autocommit = connection.autocommit, True
    connection.execute(f"SET lock_timeout = {BUSY_MILLISECONDS}")
    connection.autocommit = before


def _plan_once(connection: Any, _record: Any) -> None:
    # Its few statements are found by keys whatever the values: planning them takes longer than running them.
    connection.execute("SET plan_cache_mode = force_generic_plan")


def _lies_down(_connection: Any, record: Any) -> None:
    record.info["ez_rests_since"] = time.monotonic()


def _stands_up(connection: Any, record: Any, _proxy: Any) -> None:
    """Ask a connection that has rested whether it still lives: asking before each use costs as much as a query."""
    rested = time.monotonic() - record.info.get("ez_rests_since", time.monotonic())
    if rested > RESTED_SECONDS:
        try:
            connection.execute("")
            connection.rollback()
        except psycopg.Error as error:
            raise InvalidatePoolError from error  # the pool makes new connections and tries again


def _begin_postgresql(connection: Connection) -> None:
    if connection.get_execution_options().get("ez_mode") == "read":
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")
