"""Transactions of the host's own: it starts before units of work exist, because they carry its hooks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from ezcore.db.engine import Mode


@contextmanager
def session(engine: Engine, mode: Mode) -> Iterator[Session]:
    """A transaction that commits when the block ends well."""
    with Session(engine.execution_options(ez_mode=mode), expire_on_commit=False) as opened:
        yield opened
        if mode == "write":
            opened.commit()
