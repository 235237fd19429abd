"""Many rows at once, at the speed of the database: ids first, then COPY (PostgreSQL) or executemany (SQLite).

Values are what the columns take in Python; JSON columns also take `Dumped` text, so that what a thousand rows share is
turned into JSON once. Nothing is read back: rows that are needed get their ids before they are written.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    ColumnElement,
    Date,
    Integer,
    String,
    Table,
    any_,
    bindparam,
    func,
    select,
    text,
)
from sqlalchemy import column as column_
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from ezcore.db.base import Base
from ezcore.db.types import UtcDateTime

Write = Callable[[Any], Any]
_STORED_INSTANT: Final = "%Y-%m-%d %H:%M:%S.%f"  # how SQLAlchemy stores instants in SQLite


class Dumped(str):
    """JSON that is text already."""

    __slots__ = ()


_encode: Final = json.JSONEncoder().encode
_EMPTY: Final = Dumped("[]")


def among(session: Session, column: Any, ids: Collection[int]) -> ColumnElement[bool]:
    """The column is one of these, as one parameter however many there are (`IN` takes one each, and text for it)."""
    if _is_sqlite(session):
        listed = bindparam(None, json.dumps(list(ids)), type_=String, unique=True)
        found: ColumnElement[bool] = column.in_(select(column_("value")).select_from(func.json_each(listed)))
        return found
    return column == any_(bindparam(None, list(ids), type_=ARRAY(BigInteger), unique=True))  # type: ignore[no-any-return]


def reserve_ids(session: Session, model: type[Base], count: int) -> list[int]:
    """So many ids that nobody else will get. On SQLite only inside a write transaction, whose rows come next."""
    table = _table(model)
    if _is_sqlite(session):
        highest = session.execute(select(func.coalesce(func.max(table.c.id), 0))).scalar_one()
        return list(range(highest + 1, highest + 1 + count))
    query = text("SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :count)")
    return list(session.scalars(query, {"name": table.name, "count": count}))


def insert_rows(
    session: Session, model: type[Base], names: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Write rows whose values stand in the order of `names`. Constraints and triggers hold as for any INSERT.

    Raises: IntegrityError and its relatives of the driver; the transaction is then over.
    """
    table = _table(model)
    session.flush()
    if _is_sqlite(session):
        places = ", ".join("?" * len(names))
        quoted = ", ".join(f'"{name}"' for name in names)
        writes = [_for_sqlite(table.c[name].type) for name in names]
        values = [tuple(v if w is None else w(v) for w, v in zip(writes, row, strict=True)) for row in rows]
        if values:
            statement = f"INSERT INTO {table.name} ({quoted}) VALUES ({places})"  # noqa: S608 - names of our own columns
            session.connection().exec_driver_sql(statement, values)
        return
    _copy(session, table, names, rows)


def update_rows(
    session: Session, model: type[Base], key: str, names: Sequence[str], rows: Sequence[Sequence[Any]]
) -> int:
    """Set `names` of the rows found by `key`; a row is the key, then the values of the names. Returns how many."""
    table = _table(model)
    session.flush()
    if not rows:
        return 0
    if _is_sqlite(session):
        sets = ", ".join(f'"{name}" = ?' for name in names)
        writes = [_for_sqlite(table.c[name].type) for name in names]
        values = [
            (*(v if w is None else w(v) for w, v in zip(writes, row[1:], strict=True)), row[0])
            for row in rows
        ]
        statement = f'UPDATE {table.name} SET {sets} WHERE "{key}" = ?'  # noqa: S608 - names of our own columns
        return int(session.connection().exec_driver_sql(statement, values).rowcount)
    columns = [key, *names]
    casts = ", ".join(f"%s::{_array_type(table.c[name].type)}[]" for name in columns)
    sets = ", ".join(f'"{name}" = new."{name}"' for name in names)
    listed = ", ".join(f'"{name}"' for name in columns)
    statement = (
        f"UPDATE {table.name} AS old SET {sets} FROM unnest({casts}) AS new ({listed})"  # noqa: S608 - names of our own columns
        f' WHERE old."{key}" = new."{key}"'
    )
    arrays = tuple([row[place] for row in rows] for place in range(len(columns)))
    return int(session.connection().exec_driver_sql(statement, arrays).rowcount)


def _copy(session: Session, table: Table, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    writes = [(place, dump) for place, name in enumerate(names) if isinstance(table.c[name].type, JSON)]
    listed = ", ".join(f'"{name}"' for name in names)
    dbapi = session.connection().connection.dbapi_connection
    cursor: Any = dbapi.cursor()  # type: ignore[union-attr]
    dialect = session.get_bind().dialect
    try:
        with cursor.copy(f"COPY {table.name} ({listed}) FROM STDIN") as copy:
            for row in rows:
                if writes:
                    values = list(row)
                    for place, write in writes:
                        values[place] = write(values[place])
                    copy.write_row(values)
                else:
                    copy.write_row(row)
    except dialect.loaded_dbapi.Error as error:
        raise DBAPIError.instance(f"COPY {table.name}", None, error, dialect.loaded_dbapi.Error) from error
    finally:
        cursor.close()


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def _table(model: type[Base]) -> Table:
    table = model.__table__
    if not isinstance(table, Table):
        raise TypeError(f"{model.__name__} is no table")
    return table


@cache
def _array_type(kind: Any) -> str:
    if isinstance(kind, UtcDateTime):
        return "timestamptz"
    for known, name in ((Date, "date"), ((BigInteger, Integer), "bigint"), (String, "text")):
        if isinstance(kind, known):
            return name
    raise TypeError(f"{kind!r} cannot be updated in bulk")


@cache
def _for_sqlite(kind: Any) -> Write | None:
    if isinstance(kind, JSON):
        return dump
    if isinstance(kind, UtcDateTime):
        return _instant
    return _day if isinstance(kind, Date) else None


def dump(value: Any) -> str | None:
    """JSON as a column of it is stored; None stays NULL."""
    if value is None or type(value) is Dumped:
        return value
    return _encode(value)


def dumped(value: Any) -> Dumped:
    """JSON that is written as it is: for what many rows share."""
    return _EMPTY if value == [] else Dumped(_encode(value))


def _instant(value: datetime | None) -> str | None:
    return None if value is None else value.astimezone(UTC).strftime(_STORED_INSTANT)


def _day(value: date | None) -> str | None:
    return None if value is None else value.isoformat()
