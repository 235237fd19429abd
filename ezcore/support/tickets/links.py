"""What a ticket may be about, asked by table name: the desk knows no room beside it."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select

from ezcore.db.base import Base
from ezcore.kernel.errors import InvalidInput, NotFound
from ezcore.work import UnitOfWork

TABLES: Final = {
    "service": "service",
    "order": "client_order",
    "invoice": "invoice",
    "job": "job",
    "work_request": "work_request",
}

LONGEST_NUMBER: Final = 18


def find(uow: UnitOfWork, kind: str, number: str, client_id: int | None) -> int:
    """The id of a client's service or order by its number, of an invoice by the number printed on it.

    A guest (None) has nothing. Raises: InvalidInput at `number`.
    """
    table = Base.metadata.tables.get(TABLES.get(kind, ""))
    text = number.strip().removeprefix("#")
    if table is None or not text:
        raise InvalidInput("Say which one", field="number")
    if kind == "invoice":
        named = table.c.number == text
    elif text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER:
        named = table.c.id == int(text)
    else:
        raise InvalidInput("This is not a number", field="number")
    query = select(table.c.id).where(named, table.c.client_id == client_id)
    found: int | None = uow.session.scalars(query).first()
    if found is None:
        raise InvalidInput(f"This client has no such {kind}", field="number")
    return found


def check_owner(uow: UnitOfWork, kind: str, object_id: int, client_id: int) -> None:
    """Raises: NotFound when there is no such thing of this client; InvalidInput for another kind of thing."""
    name = TABLES.get(kind)
    if name is None:
        raise InvalidInput(f"a ticket cannot be about a {kind}", field="about")
    table = Base.metadata.tables[name]
    mine = select(table.c.id).where(table.c.id == object_id, table.c.client_id == client_id)
    if uow.session.execute(mine).first() is None:
        raise NotFound(f"There is no such {kind.replace('_', ' ')}")
