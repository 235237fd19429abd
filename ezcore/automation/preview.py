"""A billing run that a person looks at first: stored as it was shown, approved, and executed exactly so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import defer

from ezcore.audit import operations as audit
from ezcore.automation import due, guards, renewals
from ezcore.automation.items import Item, items_of
from ezcore.automation.models import PreviewState, RunPreview
from ezcore.automation.run import Outcome
from ezcore.jobs.hold import require_no_hold
from ezcore.jobs.schedule import ABANDONED
from ezcore.kernel.actor import Actor
from ezcore.kernel.errors import NotFound, Refused
from ezcore.work import UnitOfWork, Work

MANAGE: Final = "settings.manage"
TASK: Final = "renewals"
MOST: Final = 20_000
"""So many invoices fit into one stored preview; a larger run is previewed on the command line."""
AT_ONCE: Final = 200


def items(uow: UnitOfWork, on: date) -> Iterator[Item]:
    """Every invoice that a run for this day would make now, chunk by chunk; nothing is written."""
    for part in due.parts(uow, on, due.CHUNK):
        separate = due.clients_of(uow, on, part)
        yield from items_of(uow, renewals.planned(uow, on, due.due_of(uow, on, part), separate))


def totals(found: Sequence[dict[str, Any]]) -> dict[str, int]:
    """Minor units per currency."""
    sums: dict[str, int] = {}
    for one in found:
        sums[one["currency"]] = sums.get(one["currency"], 0) + one["total"]
    return dict(sorted(sums.items()))


def store(uow: UnitOfWork, on: date) -> RunPreview:
    """Keep what a run for this day would do, for somebody to approve.

    Raises: NotAllowed; Refused when the list is too long.
    """
    uow.actor.require(MANAGE)
    found: list[dict[str, Any]] = []
    for item in items(uow, on):
        if len(found) == MOST:
            raise Refused(
                f"more than {MOST} invoices are too many to be approved one list at a time; use ez run"
            )
        found.append(item.to_json())
    row = RunPreview(
        task=TASK, on=on, items=found, totals=totals(found), made_by=uow.actor.name, made_at=uow.now(),
        state=PreviewState.WAITING, approved_by="", reason="", result={},
    )  # fmt: skip
    uow.session.add(row)
    uow.session.flush()
    return row


def by_id(uow: UnitOfWork, preview_id: int) -> RunPreview:
    """A stored preview. Raises: NotFound."""
    found = uow.session.get(RunPreview, preview_id)
    if found is None:
        raise NotFound("there is no such preview")
    return found


def newest(uow: UnitOfWork, limit: int) -> Sequence[RunPreview]:
    """Stored previews, the last one first; without their lists, which may be long."""
    query = select(RunPreview).options(defer(RunPreview.items)).where(RunPreview.task == TASK)
    return uow.session.scalars(query.order_by(RunPreview.id.desc()).limit(limit)).all()


def approve(work: Work, actor: Actor, preview_id: int, reason: str = "") -> RunPreview:
    """Execute exactly the list that was shown; what changed since is skipped and named. A second time nothing happens.

    A `reason` goes past the run guard. Raises: NotAllowed; RunGuard; OnHold; NotFound.
    """
    actor.require(MANAGE)
    with work.read(actor) as uow:
        row = by_id(uow, preview_id)
        require_no_hold(uow)
        if row.state == PreviewState.WAITING and not reason.strip():
            if not work.virtual_time:
                guards.check_date(uow.settings, row.on)
            guards.check_size(uow, row.task, sum(len(item["services"]) for item in row.items))
    if not _take(work, actor, preview_id, reason):
        with work.read(actor) as uow:
            return uow.session.get_one(RunPreview, preview_id)
    outcome = Outcome()
    for start in range(0, len(row.items), AT_ONCE):
        renewals.run_listed(work, row.on, _wanted(row.items[start : start + AT_ONCE]), outcome)
    with work.write(actor) as uow:
        done = uow.session.get_one(RunPreview, preview_id)
        done.state, done.result = PreviewState.DONE, outcome.counts()
        return done


def _wanted(listed: Sequence[dict[str, Any]]) -> dict[tuple[int, ...], str]:
    return {tuple(sorted(item["services"])): item["inputs"] for item in listed}


def _take(work: Work, actor: Actor, preview_id: int, reason: str) -> bool:
    """One conditional UPDATE: who comes second executes nothing."""
    with work.write(actor) as uow:
        taken = uow.session.execute(
            update(RunPreview)
            .where(
                RunPreview.id == preview_id,
                or_(
                    RunPreview.state == PreviewState.WAITING,
                    # Whoever executed it died; what was billed by then is not due any more, the rest still is.
                    and_(
                        RunPreview.state == PreviewState.RUNNING,
                        RunPreview.approved_at < uow.now() - ABANDONED,
                    ),
                ),
            )
            .values(
                state=PreviewState.RUNNING, approved_by=actor.name, approved_at=uow.now(), reason=reason[:400]
            )
        )
        if taken.rowcount != 1:  # type: ignore[attr-defined]
            return False
        audit.record(uow, "automation.approve", "run_preview", preview_id, reason=reason or None)
        return True
