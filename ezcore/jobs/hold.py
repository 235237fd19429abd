"""The hold: money and machine actions wait because an old backup may have been restored (I45).

A restored backup does not know what happened after it was made: what was billed, charged, created. While the hold
stands, scheduled tasks and the jobs of billing and services wait; people can look, and say go on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select

from ezcore.audit import operations as audit
from ezcore.db.once import insert_once
from ezcore.jobs.models import Installation, StaffTask
from ezcore.kernel.errors import InvalidInput, Refused
from ezcore.work import UnitOfWork

THE_ONE: Final = 1
MANAGE: Final = "settings.manage"


@dataclass(frozen=True)
class Seen:
    """When an installation was last seen alive, and how far its tables had come (names to highest ids)."""

    key: str
    seen_at: datetime
    marks: Mapping[str, int]


class OnHold(Refused):
    """An old backup is suspected; a person has to say go on."""


def held(uow: UnitOfWork) -> Installation | None:
    """The hold, when there is one."""
    return uow.session.scalars(select(Installation).where(Installation.held_at.is_not(None))).first()


def require_no_hold(uow: UnitOfWork) -> None:
    """Raises: OnHold."""
    found = held(uow)
    if found is not None:
        raise OnHold(
            f"{found.held_why}: money and machine actions wait until somebody says go on (ez resume)"
        )


def note_alive(uow: UnitOfWork, marks: Mapping[str, int]) -> Seen:
    """Write down that this database is alive now, and how far it has come. Its clock never goes back."""
    row = uow.session.get(Installation, THE_ONE, with_for_update=True)
    if row is None:
        values: dict[str, Any] = {
            "id": THE_ONE, "key": uow.ids.key("shop"), "seen_at": uow.now(), "marks": dict(marks), "held_why": "",
            "resumed_by": "",
        }  # fmt: skip
        insert_once(uow.session, Installation, values)
        row = uow.session.get_one(Installation, THE_ONE)
    row.seen_at, row.marks = max(row.seen_at, uow.now()), dict(marks)
    return Seen(row.key, row.seen_at, row.marks)


def seen(uow: UnitOfWork) -> Seen | None:
    """What this database says of itself."""
    row = uow.session.get(Installation, THE_ONE)
    return None if row is None else Seen(row.key, row.seen_at, row.marks)


def hold(uow: UnitOfWork, why: str) -> None:
    """Let money and machine actions wait, and ask staff. A second time nothing happens."""
    row = uow.session.get(Installation, THE_ONE, with_for_update=True)
    if row is None:
        values: dict[str, Any] = {
            "id": THE_ONE, "key": uow.ids.key("shop"), "seen_at": uow.now(), "marks": {}, "held_why": "",
            "resumed_by": "",
        }  # fmt: skip
        insert_once(uow.session, Installation, values)
        row = uow.session.get_one(Installation, THE_ONE, with_for_update=True)
    if row.held_at is not None:
        return
    row.held_at, row.held_why = uow.now(), why[:400]
    task = {
        "key": f"hold:{row.held_at.isoformat()}",
        "title": "Money and machine actions are held",
        "cause": why,
        "opened_at": uow.now(),
    }
    insert_once(uow.session, StaffTask, task)
    audit.record(uow, "installation.hold", "installation", THE_ONE, after={"why": why})


def resume(uow: UnitOfWork, reason: str) -> None:
    """A person looked, and says go on.

    Raises: NotAllowed; InvalidInput(field="reason"); Refused when nothing is held.
    """
    uow.actor.require(MANAGE)
    if not reason.strip():
        raise InvalidInput("say what you looked at: it is kept in the audit log", field="reason")
    row = uow.session.get(Installation, THE_ONE, with_for_update=True)
    if row is None or row.held_at is None:
        raise Refused("nothing is held")
    before = {"held_at": row.held_at.isoformat(), "why": row.held_why}
    tasks = select(StaffTask).where(StaffTask.key == f"hold:{row.held_at.isoformat()}")
    for task in uow.session.scalars(tasks):
        task.closed_at, task.resolution = uow.now(), reason[:400]
    row.held_at, row.held_why = None, ""
    row.resumed_at, row.resumed_by = uow.now(), uow.actor.name[:200]
    row.seen_at = max(row.seen_at, uow.now())
    audit.record(uow, "installation.resume", "installation", THE_ONE, before=before, reason=reason)
    uow.ring()
