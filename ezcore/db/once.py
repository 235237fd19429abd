"""Insert a row once: the unique index decides, and a second writer is told so without an error."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import Insert, Table, inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from ezcore.db.base import Base


def insert_once(
    session: Session, model: type[Base], values: dict[str, Any], returning: str = "id"
) -> Any | None:
    """Insert and give the new id (or another column); None when a row with the same unique key is there."""
    columns = _columns(model)
    row = {columns[name]: value for name, value in values.items()}
    statement = _inserting(session.get_bind().dialect.name, model, returning)
    found: Any | None = session.execute(statement, row).scalar_one_or_none()
    return found


@cache
def _columns(model: type[Base]) -> dict[str, str]:
    """Name of the attribute -> name of its column; a name that is none is a mistake and fails."""
    return {attribute.key: attribute.columns[0].key for attribute in inspect(model).column_attrs}


@cache
def _inserting(dialect: str, model: type[Base], returning: str) -> Insert:
    """Built once: the columns come with the values."""
    table = model.__table__
    assert isinstance(table, Table)
    if dialect == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing().returning(table.c[returning])
    return postgresql.insert(table).on_conflict_do_nothing().returning(table.c[returning])
