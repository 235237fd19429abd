"""Suspects that an old backup was restored: the file beside the database knows more than the database (I45, F43).

Decision 15. Each minute the scheduler writes the same into both: when it was, and the highest ids of what cannot be
undone. Other machines have files of their own; a database is never behind any of them unless it went back.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import func, select

from ezcore.billing.ledger.models import Journal
from ezcore.billing.transactions.models import Transaction
from ezcore.jobs.hold import Seen, held, hold, note_alive, seen
from ezcore.jobs.inbox.models import WebhookEvent
from ezcore.kernel.errors import EzError
from ezcore.services.services.models import ServiceResource
from ezcore.work import UnitOfWork, Work

log = logging.getLogger(__name__)

FILE: Final = "installation.json"
_MARKED: Final[Mapping[str, Any]] = {
    "journal": Journal, "payment": Transaction, "webhook": WebhookEvent, "resource": ServiceResource,
}  # fmt: skip


def watch(work: Work) -> bool:
    """Compare, then write the mark; False while money and machine actions are held. In virtual time nobody looks."""
    if work.virtual_time:
        return True
    file = work.settings.state_dir / FILE
    with work.read() as uow:
        if held(uow) is not None:
            return False
        gap = timedelta(hours=work.settings.automation.gap_hours)
        why = suspicion(read(file), seen(uow), _marks(uow), uow.now() - gap)
    if why is not None:
        log.error("money and machine actions are held: %s", why)
        with work.write() as uow:
            hold(uow, why)
        return False
    with work.write() as uow:
        mark = note_alive(uow, _marks(uow))
    write(file, mark)
    return True


def accept(work: Work) -> None:
    """After a person said go on: the file is written anew from the database."""
    with work.write() as uow:
        mark = note_alive(uow, _marks(uow))
    write(work.settings.state_dir / FILE, mark)


def suspicion(
    file: Seen | None, row: Seen | None, marks: Mapping[str, int], long_ago: datetime
) -> str | None:
    """Why this database looks like an old backup, or None. Pure."""
    if row is None:
        unknown = file is not None and any(marks.values())
        return "this machine's file is of a shop that the database does not know" if unknown else None
    if file is None:
        quiet = f"the database was last seen alive on {row.seen_at:%Y-%m-%d %H:%M} UTC, and this machine is new to it"
        return quiet if row.seen_at < long_ago else None
    if file.key != row.key:
        return "the file on this machine belongs to another shop's database"
    behind = [name for name, known in file.marks.items() if marks.get(name, 0) < known]
    if behind:
        went = ", ".join(f"{name} from {file.marks[name]} to {marks.get(name, 0)}" for name in behind)
        return f"the database has gone back: {went}"
    later = f"the database was seen alive on {file.seen_at:%Y-%m-%d %H:%M} UTC and remembers less"
    return later if file.seen_at > row.seen_at else None


def read(file: Path) -> Seen | None:
    """What the file says; None when there is none. Raises: EzError when it cannot be read."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        return Seen(found["key"], datetime.fromisoformat(found["seen_at"]), found["marks"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise EzError(f"{file} cannot be read: {error}") from error


def write(file: Path, mark: Seen) -> None:
    """Replace the file in one step, so that a crash leaves the old one or the new one."""
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_suffix(f".{os.getpid()}.new")
    content = {"key": mark.key, "seen_at": mark.seen_at.isoformat(), "marks": dict(mark.marks)}
    fresh.write_text(json.dumps(content), encoding="utf-8")
    fresh.replace(file)


def _marks(uow: UnitOfWork) -> dict[str, int]:
    return {
        name: int(uow.session.scalar(select(func.coalesce(func.max(model.id), 0))) or 0)
        for name, model in _MARKED.items()
    }
