"""A session that reaches only the tables of one plugin, so that no plugin grows into the core's.

It guards against mistakes, not against malice: a plugin is code of the house once it is listed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, Table, TextClause, event
from sqlalchemy.orm import Session
from sqlalchemy.schema import ExecutableDDLElement
from sqlalchemy.sql import visitors

from ezcore.db.engine import Mode


class NotYourTable(Exception):
    """A plugin asked for a table that is not named after it, or sent SQL text whose tables cannot be seen."""


@contextmanager
def own_tables(engine: Engine, plugin: str, mode: Mode = "write") -> Iterator[Session]:
    """A transaction on the tables `ez_<plugin>_*`; one that writes commits on a good end. Raises: NotYourTable."""
    prefix = f"ez_{plugin}_"

    def check(_connection: Connection, statement: Any, *_rest: Any) -> None:
        for name in _tables(statement):
            if not name.startswith(prefix):
                raise NotYourTable(f"plugin {plugin} may use tables named {prefix}*, not {name}")

    with engine.execution_options(ez_mode=mode).connect() as connection:
        event.listen(connection, "before_execute", check)
        with Session(connection, expire_on_commit=False) as session:
            yield session
            if mode == "write":
                session.commit()


def _tables(statement: Any) -> Iterator[str]:
    if isinstance(statement, ExecutableDDLElement):
        yield str(getattr(statement, "element", "of an unknown statement"))
        return
    for element in visitors.iterate(statement):
        if isinstance(element, TextClause):
            raise NotYourTable("SQL text hides its tables; write it with sqlalchemy's select, update ...")
        for table in (element, getattr(element, "table", None)):
            if isinstance(table, Table):
                yield table.name
