"""Brings a database up to date: the core's migrations, then each plugin's; safe to run twice or to kill.

One lock, one transaction per migration, forward only: to go back, restore the backup taken before.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, event

from ezcore.db.histories import History, histories
from ezcore.db.migration_lock import migration_lock
from ezcore.kernel.crashpoint import crashpoint

log = logging.getLogger(__name__)

LOCK_TIMEOUT = "10s"  # a migration that waits for a busy table longer than this gives up and is run again
WAIT_SECONDS = 120.0


def upgrade(
    engine: Engine, plugins: Mapping[str, Path] | None = None, *, wait_seconds: float = WAIT_SECONDS
) -> dict[str, list[str]]:
    """Apply what is missing. `plugins` are folders of migrations by plugin name.

    Returns the revisions applied now, per distribution (`core` first).
    Raises: MigrationRuns when another migrator holds the lock too long, BrokenHistory.
    """
    applied: dict[str, list[str]] = {}
    with migration_lock(engine, wait_seconds):
        for history in histories(plugins or {}):
            applied[history.name] = _upgrade_one(engine, history)
    return applied


def pending(engine: Engine, plugins: Mapping[str, Path] | None = None) -> dict[str, str]:
    """Distributions whose database is not at their newest revision, with what it is at (`nothing`)."""
    behind: dict[str, str] = {}
    with engine.connect() as connection:
        for history in histories(plugins or {}):
            at = current(connection, history)
            if at != history.head():
                behind[history.name] = at or "nothing"
    return behind


def current(connection: Connection, history: History) -> str | None:
    """The revision a history is at in this database."""
    context = MigrationContext.configure(connection, opts={"version_table": history.version_table})
    return context.get_current_revision()


def _upgrade_one(engine: Engine, history: History) -> list[str]:
    done: list[str] = []

    def note(*, step: Any, **_: Any) -> None:
        crashpoint("migrate.applied")
        done.append(step.up_revision_id)
        log.info("%s: %s", history.name, step.up_revision_id)

    history.head()  # refuses a forked history before anything is changed
    config = history.config()
    with _connection(engine) as connection:
        config.attributes.update(
            connection=connection, version_table=history.version_table, on_version_apply=note
        )
        command.upgrade(config, "head")
    return done


@contextmanager
def _connection(engine: Engine) -> Iterator[Connection]:
    """A connection of its own for DDL, closed for good afterwards: its session settings are special."""
    with engine.connect() as connection:
        event.listen(connection, "before_cursor_execute", _before_statement)
        driver: Any = connection.connection.driver_connection
        if engine.dialect.name == "sqlite":
            # Rebuilding a table (batch mode) drops it for a moment; references must not cascade meanwhile.
            driver.execute("PRAGMA foreign_keys=OFF")
        else:
            connection.exec_driver_sql(f"SET lock_timeout = '{LOCK_TIMEOUT}'")
            connection.commit()
        try:
            yield connection
        finally:
            connection.invalidate()


def _before_statement(*_: Any) -> None:
    crashpoint("migrate.statement")
