"""Multiplies what is in a shop, for tests of lists: each row of a table again, pointing at its own copies of others.

Straight into the tables, past triggers and checks: nobody reads the sums of these rows, only how pages read them.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Date,
    Engine,
    Integer,
    Table,
    UniqueConstraint,
    inspect,
)

from ezcore.db.base import Base
from ezcore.db.types import UtcDateTime

# Rows that are about the installation, the people who look, or the fixed table of tasks.
KEPT: Final = {
    "login_session",
    "installation",
    "scheduled_run",
    "setting",
    "plugin_state",
}
PEOPLE: Final = {"client", "user_account", "membership"}

# Which row is multiplied, where the first is not one that a list shows.
LIKE_THIS: Final = {
    "user_account": "staff_role_id IS NOT NULL",
}

# Further copies, told otherwise: lists that show another state than the story of the test has.
ALSO: Final[dict[str, tuple[dict[str, Any], ...]]] = {
    "invoice": (
        {"status": "draft", "number": None, "sequence": None, "issued_on": None},
        {"status": "unpaid", "paid_minor": 0, "paid_at": None},
    )
}
WORDS: Final = {
    "currency",
    "language",
    "country",
    "kind",
    "gateway",
    "series",
    "registrar",
    "state",
    "status",
}

# Tables that the story of the test leaves empty, and what a row of theirs must say to be shown.
INVENTED: Final[dict[str, dict[str, Any]]] = {
    "api_key": {},
    "announcement": {"publish_at": "2026-03-01 09:00:00.000000"},
    "article_category": {},
    "article": {},
    "bank_statement": {},
    "bank_line": {},
    "billable_item": {"state": "open", "status": "open"},
    "certificate": {"state": "active", "names": '["shop.example"]'},
    "credit_note": {},
    "dispute": {},
    "domain_name": {},
    "download": {},
    "drift_run": {},
    "drift_finding": {"section": "accounts"},
    "erasure_request": {},
    "incident": {},
    "mailing": {},
    "payment_method": {},
    "payout": {},
    "notice_rule": {"event": "invoice.paid", "action": "mail", "addresses": "[]", "conditions": "[]"},
    "provider": {},
    "quote": {"status": "sent", "number": "Q-1", "client_id": 1},
    "server": {},
    "server_group": {},
    "service_resource": {},
    "staff_note": {},
    "status_component": {},
    "support_block_rule": {"kind": "address"},
    "support_reply": {},
    "support_mailbox": {},
    "support_received_mail": {},
    "tax_rule": {"country": "EE", "region": "x", "valid_from": "2020-01-01"},
    "ticket": {"state": "open", "priority": "normal", "client_id": 1},
    "tld": {},
    "webhook_event": {},
    "work_request": {},
}

# No shop has a hundred of these: forms offer all of them at once.
A_DOZEN: Final = {
    "support_department",
    "staff_role",
    "support_mailbox",
    "server_group",
    "product_group",
    "status_component",
}
DOZEN: Final = 12
_BESIDE: Final = 5000


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
                    most = min(last, DOZEN) if table.name in A_DOZEN else last
                    rows = [self._copy(table, model, number) for number in range(first, most + 1)]
                    for at, told in enumerate(ALSO.get(table.name, ()), 1):
                        beside = range(first + at * _BESIDE, last + 1 + at * _BESIDE)
                        rows += [_beside(table, model | told, number) for number in beside]
                    if not rows:
                        continue
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
        look = f'SELECT * FROM "{table.name}" ORDER BY {LIKE_THIS.get(table.name, "1 = 1")} DESC LIMIT 1'
        row = connection.exec_driver_sql(look).mappings().first()
        if row is None and table.name in INVENTED:
            made = {column.name: _invented(table, column) for column in table.columns}
            names, marks = ", ".join(f'"{name}"' for name in made), ", ".join("?" * len(made))
            connection.exec_driver_sql("PRAGMA ignore_check_constraints=ON")
            connection.exec_driver_sql(
                f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})', tuple(made.values())
            )
            connection.exec_driver_sql("PRAGMA ignore_check_constraints=OFF")
            row = connection.exec_driver_sql(look).mappings().first()
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
                few = key.column.table.name in A_DOZEN
                return _apart(value, (number - 1) % DOZEN + 1 if few else number)
            return value
        return _apart(value, number) if alone and name not in WORDS else value


def _invented(table: Table, column: Column[Any]) -> Any:  # noqa: PLR0911 - a table of types
    """A value that a page can print, for a table in which the story of the test left nothing."""
    told = INVENTED[table.name]
    if column.name in told:
        return told[column.name]
    if column.nullable:
        return None
    if isinstance(column.type, Boolean | Integer):
        return 0 if isinstance(column.type, Boolean) or not (column.foreign_keys or column.primary_key) else 1
    if isinstance(column.type, Date):
        return "2026-03-02"
    if isinstance(column.type, UtcDateTime):
        return "2026-03-02 09:00:00.000000"
    default = getattr(column.default, "arg", None)
    if isinstance(column.type, JSON):
        return "[]" if getattr(default, "__name__", "") == "list" else "{}"
    if default is not None and not callable(default):
        return str(default)
    return "EUR" if column.name == "currency" else "x"


def _beside(table: Table, row: dict[str, Any], number: int) -> tuple[Any, ...]:
    """A row like this one, of the same owner."""
    alone = {name for name in _unique(table) - WORDS if not table.columns[name].foreign_keys}
    return tuple(
        value if value is None or name not in alone else _apart(value, number) for name, value in row.items()
    )


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
    found |= {column.name for column in table.columns if column.unique}
    return {name for name in found if not isinstance(table.columns[name].type, Date)}
