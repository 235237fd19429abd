"""Settings that staff changed in the admin area: the lowest source, below ini and environment."""

from __future__ import annotations

from sqlalchemy import Engine, String, Text, inspect, select
from sqlalchemy.orm import Mapped, mapped_column

from ezcore.db.base import Base


class StoredSetting(Base):
    """One value, keyed `section.field`."""

    __tablename__ = "setting"

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    value: Mapped[str] = mapped_column(Text)


def read_stored(engine: Engine) -> dict[str, str]:
    """All stored settings; none before the first migration."""
    if not inspect(engine).has_table(StoredSetting.__tablename__):
        return {}
    with engine.execution_options(ez_mode="read").connect() as connection:
        rows = connection.execute(select(StoredSetting.key, StoredSetting.value))
        return {key: value for key, value in rows}
