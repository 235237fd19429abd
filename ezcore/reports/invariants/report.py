"""Asks every invariant and says how it is held: by a query, by the database, by tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from sqlalchemy import text

from ezcore.reports.invariants.contents import altered
from ezcore.reports.invariants.delivery import undelivered
from ezcore.reports.invariants.evidence import hasty_terminations, unfounded_suspensions
from ezcore.reports.invariants.guards import GUARDS, guards_of
from ezcore.reports.invariants.money import MONEY
from ezcore.reports.invariants.promises import PROMISES, TESTS
from ezcore.reports.invariants.work import WORK
from ezcore.work import UnitOfWork, Work

SHOWN = 5
CHECKS: Final[dict[str, Callable[[UnitOfWork], Iterator[str]]]] = {
    "I12": altered,
    "I19": undelivered,
    "I20": unfounded_suspensions,
    "I21": hasty_terminations,
}
"""What needs more than a query: each yields what is wrong."""


def broken_invariants(uow: UnitOfWork) -> list[str]:
    """One sentence per broken invariant, with the first rows."""
    found = []
    for name, (promise, query) in {**MONEY, **WORK}.items():
        rows = uow.session.execute(text(query)).all()
        if rows:
            found.append(f"{name} is broken ({promise}): {[row[0] for row in rows[:SHOWN]]}")
    for name, look in CHECKS.items():
        wrong = list(look(uow))
        if wrong:
            found.append(f"{name} is broken ({PROMISES[name]}): {wrong[:SHOWN]}")
    return found


def report(work: Work) -> list[dict[str, Any]]:
    """Every invariant in order: `held_by` lists what holds it, `ok` says whether all of that is in order."""
    with work.read() as uow:
        rows = {
            name: len(uow.session.execute(text(query)).all())
            for name, (_, query) in {**MONEY, **WORK}.items()
        }
        rows |= {name: len(list(look(uow))) for name, look in CHECKS.items()}
    with work.write() as uow:
        connection = uow.session.connection()
        guards = {name: guards_of(name, connection) for name in GUARDS}
        uow.session.rollback()
    words = {name: promise for name, (promise, _) in {**MONEY, **WORK}.items()} | PROMISES
    return [_one(name, words[name], rows.get(name), guards.get(name, [])) for name in sorted(words)]


def _one(name: str, promise: str, rows: int | None, guards: list[dict[str, Any]]) -> dict[str, Any]:
    held: list[dict[str, Any]] = []
    if rows is not None:
        held.append({"by": "query", "rows": rows})
    held += [{"by": "database", **guard} for guard in guards]
    held += [{"by": "test", "name": test} for test in TESTS.get(name, ())]
    ok = not rows and all(guard["present"] and guard["refuses"] for guard in guards)
    return {"invariant": name, "promise": promise, "ok": ok, "held_by": held}
