"""Developer's command: writes the migrations that bring the newest schema to what the models say.

One dated file per noun (`20261122_1500_create_jobs.py`), holding only the tables whose models live there,
ordered by their foreign keys. Read what it writes before you commit it.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from alembic.autogenerate import produce_migrations
from alembic.migration import MigrationContext
from alembic.operations import ops
from sqlalchemy import Connection, TextClause

from ezcore.db.base import Base
from ezcore.db.engine import make_engine
from ezcore.db.histories import core_history
from ezcore.db.migrate import upgrade
from ezcore.db.migration_text import migration_text
from ezcore.db.rooms import noun_of_tables
from ezcore.kernel.clock import SystemClock
from ezcore.kernel.errors import EzError

STAMP = "%Y%m%d_%H%M"
Group = tuple[str, list[ops.MigrateOperation]]


class CircularTables(EzError):
    """Tables refer to each other in a circle; give one foreign key `use_alter`."""


def core_table(name: str | None, kind: str, _parents: object) -> bool:
    """Is this one of the core's own? Tables named `ez_*` belong to plugins and to Alembic."""
    return kind != "table" or not str(name).startswith("ez_")


def comparable(item: Any, name: str | None, kind: str, _reflected: object, _other: object) -> bool:
    """Can it be compared? Not an index over an expression (`priority DESC`): databases tell it in other words."""
    if kind != "index":
        return True
    if str(name).endswith("_trgm"):
        return False  # for search, on PostgreSQL only; a database without the extension has none
    ours = next((one for one in Base.metadata.tables[item.table.name].indexes if one.name == name), None)
    return ours is None or not any(isinstance(one, TextClause) for one in ours.expressions)


def differences(connection: Connection) -> list[ops.MigrateOperation]:
    """What the models have and the database has not, or has otherwise."""
    context = MigrationContext.configure(
        connection,
        opts={
            "include_name": core_table,
            "include_object": comparable,
            "compare_type": True,
            "version_table": "ez_core_version",
        },
    )
    script = produce_migrations(context, Base.metadata)
    assert script.upgrade_ops is not None
    return list(script.upgrade_ops.ops)


def autogenerate() -> list[Path]:
    """Write the missing migrations; returns the new files."""
    nouns = noun_of_tables()
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{folder}/scratch.sqlite3")
        upgrade(engine)
        with engine.connect() as connection:
            found = differences(connection)
        engine.dispose()
    return [_write(title, operations) for title, operations in ordered(found, nouns)]


def ordered(operations: Sequence[ops.MigrateOperation], nouns: dict[str, str]) -> list[Group]:
    """Group by noun; a file comes after every file whose tables it refers to. Raises: CircularTables."""
    creates = {op.table_name: op for op in operations if isinstance(op, ops.CreateTableOp)}
    others = [op for op in operations if not isinstance(op, ops.CreateTableOp)]
    groups: list[Group] = []
    waiting = dict(creates)
    while waiting:
        noun, ready = max(
            ((noun, _ready(noun, waiting, nouns)) for noun in sorted({nouns[name] for name in waiting})),
            key=lambda found: len(found[1]),
        )
        if not ready:
            raise CircularTables(f"these tables refer to each other in a circle: {', '.join(waiting)}")
        groups.append((f"create {noun}", [waiting.pop(name) for name in ready]))
    _add_indexes(groups, others)
    changed = sorted({nouns.get(_table(op), "database") for op in others})
    groups.extend(
        (f"change {noun}", [op for op in others if nouns.get(_table(op), "database") == noun])
        for noun in changed
    )
    return groups


def _ready(noun: str, waiting: dict[str, ops.CreateTableOp], nouns: dict[str, str]) -> list[str]:
    mine = [table.name for table in Base.metadata.sorted_tables if table.name in waiting]
    mine = [name for name in mine if nouns[name] == noun]
    while True:
        stay = [
            name for name in mine if all(t == name or t in mine or t not in waiting for t in _targets(name))
        ]
        if stay == mine:
            return mine
        mine = stay


def _targets(table: str) -> set[str]:
    return {key.column.table.name for key in Base.metadata.tables[table].foreign_keys if not key.use_alter}


def _table(operation: ops.MigrateOperation) -> str:
    return str(getattr(operation, "table_name", ""))


def _add_indexes(groups: list[Group], others: list[ops.MigrateOperation]) -> None:
    """Indexes of a new table go into the file that creates it."""
    for _, members in groups:
        tables = {_table(op) for op in members}
        mine = [op for op in others if _table(op) in tables]
        for op in mine:
            members.extend(op.ops if isinstance(op, ops.ModifyTableOps) else [op])
        others[:] = [op for op in others if op not in mine]


def _write(title: str, operations: Sequence[ops.MigrateOperation]) -> Path:
    history = core_history()
    previous = history.head()
    stamp = _stamp(previous)
    path = history.folder / f"{stamp}_{title.replace(' ', '_')}.py"
    path.write_text(migration_text(title, stamp, previous, operations), encoding="utf-8")
    return path


def _stamp(previous: str | None) -> str:
    """This minute, or the number after the newest revision: file names sort as the history runs."""
    now = SystemClock().now().strftime(STAMP)
    if previous is None:
        return now
    day, number = previous.split("_")
    return max(now, f"{day}_{int(number) + 1:04d}")


if __name__ == "__main__":
    for written in autogenerate():
        sys.stdout.write(f"{written}\n")
