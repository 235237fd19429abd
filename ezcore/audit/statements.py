"""The trail's row inside the very statement that makes the change: for PostgreSQL, where one statement says it all."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import CTE, Insert, Table, bindparam, insert, select

from ezcore.audit.models import AuditRow
from ezcore.kernel.actor import Actor

_TABLE = AuditRow.__table__
assert isinstance(_TABLE, Table)
_WRITTEN: Final = [column for column in _TABLE.columns if column.name != "id"]


def insert_with(changed: CTE) -> Insert:
    """One row of the trail for each row of `changed`; its parameters are those of `values_of`."""
    values = [bindparam(f"trail_{column.name}", type_=column.type) for column in _WRITTEN]
    return insert(AuditRow).from_select(
        _WRITTEN, select(*values).select_from(changed), include_defaults=False
    )


def values_of(
    actor: Actor,
    at: datetime,
    *,
    verb: str,
    object_kind: str,
    object_id: object,
    client_id: int | None,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
) -> dict[str, Any]:
    """What `actor` did to the object at `at`, as parameters of `insert_with`."""
    row = {
        "at": at,
        "verb": verb,
        "outcome": "done",
        "object_kind": object_kind,
        "object_id": str(object_id)[:80],
        "client_id": client_id,
        "actor_kind": actor.kind,
        "actor_id": actor.user_id,
        "actor_name": actor.name,
        "behalf_of": actor.behalf_of,
        "ip": actor.ip,
        "before": before,
        "after": after,
        "reason": None,
    }
    return {f"trail_{name}": value for name, value in row.items()}
