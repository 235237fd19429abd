"""What is good, what somebody should look at, and what is bad. Pure: facts in, sentences out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

SILENT: Final = timedelta(minutes=1)
LATE: Final = timedelta(minutes=5)
STUCK: Final = timedelta(minutes=30)
SKEW: Final = timedelta(seconds=5)
FAR_OFF: Final = timedelta(minutes=1)
UNSEALED: Final = timedelta(minutes=15)
OLD_CHECK: Final = timedelta(days=7)
LOW_ROOM, NO_ROOM = 0.10, 0.03


class State(StrEnum):
    """Good; somebody should look; something stands still or is in danger."""

    GOOD = "good"
    LOOK = "look"
    BAD = "bad"


@dataclass(frozen=True)
class Finding:
    """One line: what was looked at, how it is and why, since when, and the route of the page that mends it."""

    what: str
    state: State
    words: str
    since: datetime | None = None
    route: str | None = None


@dataclass(frozen=True)
class Waiting:
    """So many that wait, the oldest since `oldest`."""

    count: int = 0
    oldest: datetime | None = None


@dataclass(frozen=True)
class Seen:
    """The facts of one look. `now` is the database's clock, `business_now` the shop's, `here` this machine's."""

    now: datetime
    business_now: datetime
    here: datetime | None
    at_revision: str | None
    head: str | None
    workers: int
    last_beat: datetime | None
    last_tick: datetime | None
    outbox: Waiting
    due_jobs: Waiting
    stuck_jobs: Waiting
    parked: Waiting
    failed_mails: Waiting
    unsealed: Waiting
    unwell: Sequence[tuple[str, datetime | None]]
    checked_at: datetime | None
    broken: Sequence[str]
    held_at: datetime | None
    held_why: str
    room: float | None
    also: Mapping[str, Any] = field(default_factory=dict)


def findings(seen: Seen) -> Iterator[Finding]:
    """Everything that was looked at, in the order in which an operator asks."""
    yield _database(seen)
    yield from _clocks(seen)
    yield _workers(seen)
    yield _age("Scheduler", seen.last_tick, seen.business_now, LATE, STUCK, "admin.automation")
    yield _backlog("Events that wait to be told", seen.outbox, seen.business_now, "admin.jobs")
    yield _backlog("Jobs that are due", seen.due_jobs, seen.now, "admin.jobs")
    yield _some("Jobs that need somebody", seen.stuck_jobs, "admin.jobs")
    yield _some("Parked webhooks", seen.parked, "admin.webhooks")
    yield _some("Mails that failed in the last day", seen.failed_mails, "admin.mails")
    yield _providers(seen)
    yield _invariants(seen)
    yield _seal(seen)
    if seen.held_at is not None:
        yield Finding("Old backup", State.BAD, seen.held_why, seen.held_at, "admin.automation")
    if seen.room is not None:
        yield _room(seen.room)


def _database(seen: Seen) -> Finding:
    if seen.at_revision == seen.head:
        return Finding("Database", State.GOOD, "It answers and has the tables of this release")
    return Finding(
        "Database", State.BAD, f"It is at {seen.at_revision}, this release wants {seen.head}: run ez migrate"
    )


def _clocks(seen: Seen) -> Iterator[Finding]:
    if seen.here is None:
        return  # time is virtual
    off = abs(seen.here - seen.now)
    state = State.BAD if off > FAR_OFF else State.LOOK if off > SKEW else State.GOOD
    words = (
        "The database and this machine agree"
        if state == State.GOOD
        else f"They differ by {off.seconds} seconds"
    )
    yield Finding("Clocks", state, words)


def _workers(seen: Seen) -> Finding:
    if seen.last_beat is None:
        return Finding("Workers", State.BAD, "No worker runs: start one with ez worker", None, "admin.jobs")
    if seen.now - seen.last_beat > SILENT:
        return Finding("Workers", State.BAD, "No worker was seen for a minute", seen.last_beat, "admin.jobs")
    return Finding("Workers", State.GOOD, f"Alive: {seen.workers}", seen.last_beat, "admin.jobs")


def _age(
    what: str, at: datetime | None, now: datetime, late: timedelta, stuck: timedelta, route: str
) -> Finding:
    if at is None:
        return Finding(what, State.LOOK, "It has not run yet", None, route)
    age = now - at
    if age <= late:
        return Finding(what, State.GOOD, "It ran within minutes", at, route)
    return Finding(what, State.BAD if age > stuck else State.LOOK, "It has not run since", at, route)


def _backlog(what: str, waiting: Waiting, now: datetime, route: str) -> Finding:
    if waiting.oldest is None:
        return Finding(what, State.GOOD, "None", None, route)
    age = now - waiting.oldest
    state = State.BAD if age > STUCK else State.LOOK if age > LATE else State.GOOD
    return Finding(what, state, f"Waiting: {waiting.count}", waiting.oldest, route)


def _some(what: str, waiting: Waiting, route: str) -> Finding:
    if not waiting.count:
        return Finding(what, State.GOOD, "None", None, route)
    return Finding(what, State.LOOK, f"Waiting: {waiting.count}", waiting.oldest, route)


def _providers(seen: Seen) -> Finding:
    if not seen.unwell:
        return Finding("Providers", State.GOOD, "None is given up or paused", None, "admin.providers")
    since = min((at for _, at in seen.unwell if at is not None), default=None)
    names = ", ".join(name for name, _ in seen.unwell)
    return Finding("Providers", State.BAD, f"Given up or paused: {names}", since, "admin.providers")


def _invariants(seen: Seen) -> Finding:
    if seen.checked_at is None:
        return Finding("Invariants", State.LOOK, "They were not checked yet; the link runs the check")
    if seen.broken:
        return Finding("Invariants", State.BAD, "; ".join(seen.broken), seen.checked_at, "admin.ledger")
    if seen.business_now - seen.checked_at > OLD_CHECK:
        return Finding(
            "Invariants", State.LOOK, "All held, but the check is more than a week old", seen.checked_at
        )
    return Finding("Invariants", State.GOOD, "All hold", seen.checked_at)


def _seal(seen: Seen) -> Finding:
    oldest = seen.unsealed.oldest
    if oldest is None or seen.business_now - oldest <= UNSEALED:
        return Finding("Seal of the audit log", State.GOOD, "Up to date", None, "admin.audit")
    return Finding(
        "Seal of the audit log", State.LOOK, f"Not sealed: {seen.unsealed.count}", oldest, "admin.audit"
    )


def _room(free: float) -> Finding:
    state = State.BAD if free < NO_ROOM else State.LOOK if free < LOW_ROOM else State.GOOD
    return Finding("Room for files", state, f"Free: {free:.0%}")
