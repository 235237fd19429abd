"""Write the trail: one row per change inside the transaction, refusals in a transaction of their own."""

from __future__ import annotations

from typing import Any

from ezcore.audit.models import AuditRow
from ezcore.kernel.actor import Actor
from ezcore.work import UnitOfWork, Work


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
