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


def check_owner(uow: UnitOfWork, kind: str, object_id: int, client_id: int) -> None:
    """Raises: NotFound when there is no such thing of this client; InvalidInput for another kind of thing."""
    name = TABLES.get(kind)
    if name is None:
        raise InvalidInput(f"a ticket cannot be about a {kind}", field="about")
    table = Base.metadata.tables[name]
    mine = select(table.c.id).where(table.c.id == object_id, table.c.client_id == client_id)
    if uow.session.execute(mine).first() is None:
        raise NotFound(f"There is no such {kind.replace('_', ' ')}")
