"""Remembers which plugins are paused or suspended; suspends one whose announcements fail five times running.

The truth is a row that all processes read; here it is kept for a few seconds, because every hook asks.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from sqlalchemy import Engine, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from ezcore.db.once import insert_once
from ezcore.jobs.models import StaffTask
from ezcore.kernel.clock import Clock
from ezcore.plugin_host.models import PluginStateRow
from ezcore.plugin_host.sessions import session

log = logging.getLogger(__name__)

MOST_FAILURES: Final = 5
KEPT_SECONDS: Final = 3.0


@dataclass(frozen=True)
class Condition:
    """What the row says of one plugin."""

    failures: int = 0
    last_error: str | None = None
    suspended: bool = False
    paused: bool = False


WELL: Final = Condition()


class Health:
    """The condition of every plugin; without a database (`engine=None`) everybody is well."""

    def __init__(
        self, engine: Engine | None, clock: Clock, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._monotonic = monotonic
        self._known: Mapping[str, Condition] = MappingProxyType({})
        self._read_at = float("-inf")

    def of(self, plugin: str) -> Condition:
        """How the plugin is doing; at most a few seconds old."""
        return self._fresh().get(plugin, WELL)

    def is_paused(self, plugin: str) -> bool:
        """Has staff paused it?"""
        return self.of(plugin).paused

    def is_silent(self, plugin: str) -> bool:
        """Are announcements kept from it, because it is paused or suspended?"""
        condition = self.of(plugin)
        return condition.paused or condition.suspended

    def forget(self) -> None:
        """Read again at the next question."""
        self._read_at = float("-inf")

    def failed(self, plugin: str, hook: str, error: BaseException) -> None:
        """Count a failure; the fifth in a row suspends the plugin and asks a person."""
        log.error("plugin %s failed in %s", plugin, hook, exc_info=error)
        if self._engine is None:
            return
        cause = f"{hook}: {type(error).__name__}: {error}"[:2000]
        with session(self._engine, "write") as opened:
            self._count(opened, plugin, cause)
        self.forget()

    def succeeded(self, plugin: str) -> None:
        """The failures are no longer in a row."""
        if self._engine is None or not self.of(plugin).failures:
            return
        with session(self._engine, "write") as opened:
            row = update(PluginStateRow).where(PluginStateRow.name == plugin)
            opened.execute(
                row.where(PluginStateRow.suspended_at.is_(None)).values(failures=0, last_error=None)
            )
        self.forget()

    def _count(self, opened: Session, plugin: str, cause: str) -> None:
        insert_once(opened, PluginStateRow, {"name": plugin, "failures": 0})
        row = update(PluginStateRow).where(PluginStateRow.name == plugin)
        opened.execute(row.values(failures=PluginStateRow.failures + 1, last_error=cause))
        over = row.where(PluginStateRow.failures >= MOST_FAILURES, PluginStateRow.suspended_at.is_(None))
        suspended = opened.execute(over.values(suspended_at=self._clock.now()))
        if suspended.rowcount == 1:  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
            log.error("plugin %s is suspended after %s failures in a row", plugin, MOST_FAILURES)
            self._ask_a_person(opened, plugin, cause)

    def _ask_a_person(self, opened: Session, plugin: str, cause: str) -> None:
        key = f"plugin:{plugin}:suspended"
        title = f"Plugin {plugin} is suspended after {MOST_FAILURES} failures in a row"
        values = {"title": title, "cause": cause, "opened_at": self._clock.now()}
        if insert_once(opened, StaffTask, {"key": key, **values}) is None:
            again = update(StaffTask).where(StaffTask.key == key)
            opened.execute(again.values(**values, closed_at=None, resolution=None))

    def _fresh(self) -> Mapping[str, Condition]:
        if self._engine is not None and self._monotonic() - self._read_at > KEPT_SECONDS:
            self._read_at = self._monotonic()
            try:
                self._known = self._read(self._engine)
            except SQLAlchemyError:
                # Before the first `ez migrate` there is no table; later, what was known just now still holds.
                log.debug("the state of the plugins cannot be read", exc_info=True)
        return self._known

    def _read(self, engine: Engine) -> Mapping[str, Condition]:
        with session(engine, "read") as opened:
            return {
                row.name: Condition(
                    row.failures, row.last_error, row.suspended_at is not None, row.paused_at is not None
                )
                for row in opened.scalars(select(PluginStateRow))
            }
