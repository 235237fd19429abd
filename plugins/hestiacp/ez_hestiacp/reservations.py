"""Writes user names down before the server is asked, and tells afterwards whose an account is."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from ez_hestiacp.models import Account

Tables = Callable[[], AbstractContextManager[Session]]


@dataclass(frozen=True)
class Reserved:
    """A name written down for an operation."""

    user_name: str
    operation_key: str
    domain: str
    asked: bool
    adopted: bool


@dataclass(frozen=True)
class Reservations:
    """The names of one server. Each method is a unit of work of its own."""

    tables: Tables
    now: Callable[[], datetime]
    server_id: int

    def of(self, operation_key: str) -> Reserved | None:
        """What was written down for this operation."""
        with self.tables() as session:
            return _seen(session.scalars(select(Account).where(*self._own(operation_key))).first())

    def all(self) -> dict[str, Reserved]:
        """Everything written down for this server, by user name."""
        with self.tables() as session:
            rows = session.scalars(select(Account).where(Account.server_id == self.server_id)).all()
            return {row.user_name: seen for row in rows if (seen := _seen(row))}

    def take(
        self, operation_key: str, user_name: str, domain: str, *, adopted: bool = False
    ) -> Reserved | None:
        """Write a name down; gives what counts for this operation, None when another operation has the name."""
        values = {
            "server_id": self.server_id,
            "user_name": user_name,
            "operation_key": operation_key,
            "domain": domain,
            "adopted": adopted,
            "reserved_at": self.now(),
            "asked_at": self.now() if adopted else None,
        }
        with self.tables() as session:
            _insert_free(session, values)
            return _seen(session.scalars(select(Account).where(*self._own(operation_key))).first())

    def asking(self, operation_key: str) -> None:
        """The server is about to be asked: from now on an account of this name may be ours."""
        with self.tables() as session:
            open_ = (*self._own(operation_key), Account.asked_at.is_(None))
            session.execute(update(Account).where(*open_).values(asked_at=self.now()))

    def release(self, operation_key: str) -> None:
        """Forget the name of this operation; nothing happens when there is none."""
        with self.tables() as session:
            session.execute(delete(Account).where(*self._own(operation_key)))

    def _own(self, operation_key: str) -> tuple[Any, Any]:
        return Account.server_id == self.server_id, Account.operation_key == operation_key


def _insert_free(session: Session, values: dict[str, Any]) -> None:
    """Insert unless somebody has the name or the key already; one statement, so that two workers cannot both."""
    kind = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(kind(Account).values(**values).on_conflict_do_nothing())


def _seen(row: Account | None) -> Reserved | None:
    if row is None:
        return None
    return Reserved(row.user_name, row.operation_key, row.domain, row.asked_at is not None, row.adopted)
