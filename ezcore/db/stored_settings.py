"""Reads settings that staff changed in the admin area: the lowest source, below ini and environment."""

from __future__ import annotations

from sqlalchemy import Engine, inspect, select

from ezcore.db.models import StoredSetting


def read_stored(engine: Engine) -> dict[str, str]:
    """All stored settings; none before the first migration."""
    with engine.execution_options(ez_mode="read").connect() as connection:
        if not inspect(connection).has_table(StoredSetting.__tablename__):
            return {}
        rows = connection.execute(select(StoredSetting.key, StoredSetting.value))
        return {row.key: row.value for row in rows}
