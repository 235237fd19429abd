"""Statements that say it all, each a transaction of its own: written by SQLAlchemy once, then handed to the driver.

For what every job asks PostgreSQL: a session, a unit of work and the compiling of an ever same statement cost more than
the statement. The types of the columns turn the values on their way in and out, as everywhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
from sqlalchemy import Dialect, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.dml import UpdateBase

from ezcore.db.engine import make_plain_engine

Turn = Callable[[Any], Any]


@dataclass(frozen=True)
class Written:
    """A statement as the driver takes it."""

    text: str
    own: Mapping[str, Any]
    inward: Mapping[str, Turn]
    outward: tuple[tuple[str, Turn | None], ...]

    @classmethod
    def of(cls, statement: UpdateBase, dialect: Dialect) -> Written:
        """Written out for `dialect`, the values of its own parameters with it. Raises: ValueError."""
        compiled = statement.compile(dialect=dialect)
        assert isinstance(compiled, SQLCompiler)
        if compiled.insert_prefetch or compiled.update_prefetch:
            raise ValueError(f"values that Python would have to make are not made here: {compiled}")
        turns = {
            name: turn
            for name, bound in compiled.binds.items()
            if (turn := bound.type.dialect_impl(dialect).bind_processor(dialect)) is not None
        }
        known = {name: bound.value for name, bound in compiled.binds.items() if not bound.required}
        own = {name: turns[name](value) if name in turns else value for name, value in known.items()}
        columns = tuple(
            (column.name, column.type.dialect_impl(dialect).result_processor(dialect, None))
            for column in statement.exported_columns
        )
        return cls(str(compiled), own, turns, columns)

    def values(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The parameters of one call."""
        inward = self.inward
        return {
            **self.own,
            **{name: inward[name](value) if name in inward else value for name, value in given.items()},
        }

    def read(self, row: tuple[Any, ...]) -> dict[str, Any]:
        """The columns of a row that came back."""
        return {
            name: value if turn is None else turn(value)
            for (name, turn), value in zip(self.outward, row, strict=True)
        }


@dataclass
class AtOnce:
    """Runs statements on connections where each is committed as it ends; PostgreSQL only. Raises: DBAPIError."""

    beside: Engine
    _written: dict[UpdateBase, Written] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """A few connections of its own."""
        self._engine = make_plain_engine(self.beside)

    def changed(self, statement: UpdateBase, given: Mapping[str, Any]) -> int:
        """How many rows it wrote."""
        with self._executed(self._as_written(statement), given) as cursor:
            count: int = cursor.rowcount
        return count

    def first(self, statement: UpdateBase, given: Mapping[str, Any]) -> dict[str, Any] | None:
        """The first row it returns, by the names of its columns."""
        written = self._as_written(statement)
        with self._executed(written, given) as cursor:
            row = cursor.fetchone()
        return None if row is None else written.read(row)

    def _as_written(self, statement: UpdateBase) -> Written:
        found = self._written.get(statement)
        if found is None:
            found = self._written[statement] = Written.of(statement, self._engine.dialect)
        return found

    @contextmanager
    def _executed(self, written: Written, given: Mapping[str, Any]) -> Iterator[psycopg.Cursor[Any]]:
        connection = self._engine.raw_connection()
        driver: Any = connection.driver_connection
        try:
            with driver.cursor() as cursor:
                cursor.execute(written.text, written.values(given), prepare=True)
                yield cursor
        except psycopg.Error as error:
            if driver.closed:
                connection.invalidate(error)
            raise DBAPIError(written.text, None, error, connection_invalidated=driver.closed) from error
        finally:
            connection.close()
