"""Bad input leaves the database as it was: every row of every table, but what counts tries and who was seen."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import inspect, select, table, text

from ezcore.app import Ezcore

# The trail, the limiter and "last seen" may move; nothing else may.
MAY_MOVE = {"audit_row", "audit_seal", "throttle", "login_session"}


def prints_of(shop: Ezcore) -> dict[str, str]:
    """One print per table, over all its rows."""
    with shop.engine.connect() as connection:
        return {
            name: hashlib.sha256(
                "\n".join(
                    sorted(map(repr, connection.execute(select(text("*")).select_from(table(name)))))
                ).encode()
            ).hexdigest()
            for name in inspect(connection).get_table_names()
            if name not in MAY_MOVE
        }


@contextmanager
def untouched(shop: Ezcore, why: object = "") -> Iterator[None]:
    """Fails with the names of the tables in which anything changed inside the block."""
    before = prints_of(shop)
    yield
    after = prints_of(shop)
    changed = sorted(name for name, seen in after.items() if before.get(name) != seen)
    assert not changed, f"{changed} changed: {why}"


def refused_at(page: Any, field: str, typed: str | None = None) -> None:
    """The page says what is wrong with which field, and shows what was typed, as text.

    A summary leads to the field, the field is marked, and no markup of what was typed came alive.
    """
    assert page.status_int == 422, page.status
    found = page.html.find(id=field)
    assert found is not None, f"no field {field}"
    assert found.get("aria-invalid") == "true", f"{field} is not marked"
    assert page.html.select_one(f'#errors a[href="#{field}"]') is not None, f"no way to {field}"
    if typed is not None:
        assert shown(found) == typed, f"{field} lost what was typed"


def shown(field: Any) -> str:
    """What stands in an input, a text area or a list of choices."""
    if field.name == "select":
        chosen = field.find("option", selected=True)
        return str(chosen["value"]) if chosen else ""
    return str(field.get_text() if field.name == "textarea" else field.get("value", ""))
