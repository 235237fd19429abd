"""What every automation task is: a name, a time of day, and a function that can also only preview."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, time

from ezcore.kernel.errors import EzError
from ezcore.work import Work


@dataclass
class Outcome:
    """What a run did, or would do: one line per record, so that every count leads to its records."""

    lines: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """Figures for the run's row."""
        return {"done": len(self.lines), "skipped": len(self.skipped)}

    @contextmanager
    def apart(self, what: str) -> Iterator[None]:
        """Work on one record: a rule, or a plugin's veto, that stops this one is noted and does not stop the others."""
        try:
            yield
        except EzError as refusal:
            self.skipped.append(f"{what}: {refusal.message}")


@dataclass(frozen=True)
class Task:
    """A scheduled task. `at` is in the shop's time zone; `every_minute` tasks ignore it."""

    name: str
    title: str
    function: Callable[[Work, date, bool], Outcome]
    at: time = time(0, 10)
    every_minute: bool = False
