"""Write the trail: one row per change inside the transaction, refusals in a transaction of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from ezcore.audit.models import AuditRow
from ezcore.db.bulk import Dumped, dumped, insert_rows
from ezcore.kernel.actor import Actor
from ezcore.work import UnitOfWork, Work

_COLUMNS: Final = (
    "at", "verb", "outcome", "object_kind", "object_id", "client_id", "actor_kind", "actor_id", "actor_name",
    "behalf_of", "ip", "before", "after", "reason",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """One of many changes of the same kind."""

    object_id: int
    client_id: int | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None


def record(
    uow: UnitOfWork,
    verb: str,
    object_kind: str,
    object_id: object,
    *,
    client_id: int | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str | None = None,
) -> None:
    """Say that `uow.actor` did `verb` to the object. Committed, or rolled back, with the change itself."""
    uow.session.add(
        _row(uow, uow.actor, verb, object_kind, object_id, client_id, before, after, reason, outcome="done")
    )


def record_many(uow: UnitOfWork, verb: str, object_kind: str, changes: Sequence[Change]) -> None:
    """As `record`, for many objects that the same verb changed: one bulk statement."""
    actor, now = uow.actor, uow.now()
    texts: dict[int, Dumped | None] = {}

    def shared(value: dict[str, Any] | None) -> Dumped | None:
        """What many changes share is turned into JSON once."""
        if id(value) not in texts:
            texts[id(value)] = None if value is None else dumped(value)
        return texts[id(value)]

    rows = (
        (
            now, verb, "done", object_kind, str(change.object_id)[:80], change.client_id, actor.kind, actor.user_id,
            actor.name, actor.behalf_of, actor.ip, shared(change.before), change.after, None,
        )
        for change in changes
    )  # fmt: skip
    insert_rows(uow.session, AuditRow, _COLUMNS, rows)


def record_refusal(
    work: Work, actor: Actor, verb: str, object_kind: str, object_id: object, reason: str
) -> None:
    """Keep what was refused (a bad signature, a denied try), in a transaction of its own, so it survives."""
    with work.write(actor) as uow:
        uow.session.add(
            _row(
                uow,
                actor,
                verb,
                object_kind,
                object_id,
                actor.client_id,
                None,
                None,
                reason,
                outcome="refused",
            )
        )


def _row(
    uow: UnitOfWork,
    actor: Actor,
    verb: str,
    object_kind: str,
    object_id: object,
    client_id: int | None,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
    reason: str | None,
    *,
    outcome: str,
) -> AuditRow:
    return AuditRow(
        at=uow.now(),
        verb=verb,
        outcome=outcome,
        object_kind=object_kind,
        object_id=str(object_id)[:80],
        client_id=client_id,
        actor_kind=actor.kind,
        actor_id=actor.user_id,
        actor_name=actor.name,
        behalf_of=actor.behalf_of,
        ip=actor.ip,
        before=before,
        after=after,
        reason=reason,
    )
