"""What every automation task is: a name, a time of day, and a function that can also only preview."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any, Final

from ezcore.kernel.errors import EzError
from ezcore.kernel.money import Money
from ezcore.work import UnitOfWork, Work

log = logging.getLogger(__name__)

LISTED: Final = 1000
"""So many records of a run are told one by one; a run of a hundred thousand is told by its counts."""
KEPT: Final = 50
"""So many records and sentences are kept with the run's row."""


@dataclass
class Outcome:
    """What a run did, or would do: one line per record, so that every count leads to its records.

    `skipped` are refused by a rule or a plugin, `failed` are broken and wait for staff; neither stops the others.
    `totals` are minor units per currency, where the task is about money; `figures` are further counts.
    """

    lines: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    records: list[tuple[str, str]] = field(default_factory=list)
    totals: dict[str, int] = field(default_factory=dict)
    figures: dict[str, int] = field(default_factory=dict)
    more: int = 0

    @property
    def done(self) -> int:
        """How many records the run worked on."""
        return len(self.lines) + self.more

    def did(self, line: str, kind: str = "", record: object = None, total: Money | None = None) -> None:
        """Count one record, and tell of it while there is room."""
        if len(self.lines) < LISTED:
            self.lines.append(line)
        else:
            self.more += 1
        if kind and len(self.records) < KEPT:
            self.records.append((kind, str(record)))
        if total is not None:
            self.totals[total.currency] = self.totals.get(total.currency, 0) + total.minor

    def counts(self) -> dict[str, Any]:
        """Figures for the run's row, with the first records, and the first of what was left out."""
        found: dict[str, Any] = {"done": self.done, "skipped": len(self.skipped), "failed": len(self.failed)}
        found |= self.figures
        if self.totals:
            found["totals"] = dict(sorted(self.totals.items()))
        if self.records:
            found["records"] = [list(one) for one in self.records]
        if left_out := [*self.failed, *self.skipped][:KEPT]:
            found["left_out"] = left_out
        return found

    @contextmanager
    def apart(self, what: str) -> Iterator[None]:
        """Work on one record: a rule, or a plugin's veto, that stops this one is noted and does not stop the others."""
        try:
            yield
        except EzError as refusal:
            self.skipped.append(f"{what}: {refusal.message}")


@dataclass(frozen=True)
class Task:
    """A scheduled task. `at` is in the shop's time zone; `every_minute` tasks ignore it.

    `size` counts what a run would bill, for the run guard; what `waits` is held while an old backup is suspected.
    """

    name: str
    title: str
    function: Callable[[Work, date, bool], Outcome]
    at: time = time(0, 10)
    every_minute: bool = False
    size: Callable[[UnitOfWork, date], int] | None = None
    waits: bool = True
