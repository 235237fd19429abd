"""Multiplies what is in a shop, for tests of lists: each row of a table again, pointing at its own copies of others.

Straight into the tables, past triggers and checks: nobody reads the sums of these rows, only how pages read them.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from sqlalchemy import Connection, Engine, Table, UniqueConstraint, inspect

from ezcore.db.base import Base

# Rows that are about the installation, the people who look, or the fixed table of tasks.
KEPT: Final = {"login_session", "installation", "scheduled_run", "staff_role", "stored_setting", "plugin_state"}
PEOPLE: Final = {"client", "user_account", "membership"}
WORDS: Final = {"currency", "language", "country", "kind", "gateway", "series", "registrar", "state", "status"}


class Grower:
    """Copies what each table held when it was made; `apart` names tables that stay as they are."""

    def __init__(self, engine: Engine, apart: Collection[str] = ()) -> None:
        self._engine = engine
        with engine.connect() as connection:
            self._let_go(connection)
            there = set(inspect(connection).get_table_names()) - KEPT - set(apart)
            self._tables = [table for table in Base.metadata.sorted_tables if table.name in there]
            self._models = {table.name: self._model(connection, table) for table in self._tables}
            connection.commit()

    def grow(self, first: int, last: int) -> None:
        """Copies number `first` to `last`."""
        with self._engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.exec_driver_sql("PRAGMA ignore_check_constraints=ON")
            for table in self._tables:
                model = self._models[table.name]
                if model is not None:
                    rows = [self._copy(table, model, number) for number in range(first, last + 1)]
                    names = ", ".join(f'"{name}"' for name in model)
                    marks = ", ".join("?" * len(model))
                    connection.exec_driver_sql(
                        f'INSERT OR IGNORE INTO "{table.name}" ({names}) VALUES ({marks})', rows
                    )
            connection.commit()
            connection.exec_driver_sql("PRAGMA ignore_check_constraints=OFF")
            connection.exec_driver_sql("PRAGMA foreign_keys=ON")

    def _let_go(self, connection: Connection) -> None:
        for (name,) in connection.exec_driver_sql(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).all():
            connection.exec_driver_sql(f'DROP TRIGGER "{name}"')

    def _model(self, connection: Connection, table: Table) -> dict[str, Any] | None:
        row = connection.exec_driver_sql(f'SELECT * FROM "{table.name}" LIMIT 1').mappings().first()
        return dict(row) if row is not None else None

    def _copy(self, table: Table, model: dict[str, Any], number: int) -> tuple[Any, ...]:
        alone = _unique(table)
        return tuple(self._value(table, name, value, number, name in alone) for name, value in model.items())

    def _value(self, table: Table, name: str, value: Any, number: int, alone: bool) -> Any:  # noqa: FBT001
        if value is None or name not in table.columns:
            return value
        for key in table.columns[name].foreign_keys:
            other = self._models.get(key.column.table.name)
            if other is not None and other.get(key.column.name) == value:
                return _apart(value, number)
            return value
        return _apart(value, number) if alone and name not in WORDS else value


def _apart(value: Any, number: int) -> Any:
    return value + number * 1000 if isinstance(value, int) else f"{value}-{number}"


def _unique(table: Table) -> set[str]:
    found = {column.name for column in table.primary_key}
    for one in table.constraints:
        if isinstance(one, UniqueConstraint):
            found |= {column.name for column in one.columns}
    for index in table.indexes:
        if index.unique:
            found |= {column.name for column in index.columns}
    return found | {column.name for column in table.columns if column.unique}
