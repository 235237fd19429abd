"""Insert a row once: the unique index decides, and a second writer is told so without an error."""

from __future__ import annotations

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from ezcore.db.base import Base


def insert_once(
    session: Session, model: type[Base], values: dict[str, Any], returning: str = "id"
) -> Any | None:
    """Insert and give the new id (or another column); None when a row with the same unique key is there."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    statement = (
        dialect.insert(model).values(values).on_conflict_do_nothing().returning(model.__table__.c[returning])
    )
    found: Any | None = session.execute(statement).scalar_one_or_none()
    return found
