"""Quiet stand-ins for what the composition injects: hooks without plugins, a dispatch that keeps, a bell.

They are real implementations with nothing behind them, so that a test of one room needs no plugin.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Engine

from ezcore.db.sealed import SecretBox
from ezcore.jobs.outbox import operations as outbox
from ezcore.kernel.clock import MovingClock
from ezcore.kernel.events import Event
from ezcore.kernel.ids import SeededIds
from ezcore.settings import Settings
from ezcore.work import UnitOfWork, Work

FIRST_MORNING: Final = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""When the moving clock of a test starts: a Monday, 11:00 in the shop's default time zone."""

TEST_KEYS: Final = ("test-key-that-is-no-secret-at-all-0001",)

Reaction = Callable[[UnitOfWork, Any], None]


class NoHooks:
    """Hooks of a shop without plugins: every question is answered with nothing."""

    def __getattr__(self, name: str) -> Any:
        if not name.startswith(("register_", "adjust_", "before_", "on_")):
            raise AttributeError(name)
        return lambda *_args, **_kwargs: ()

    def adjust_invoice_notes(self, invoices: Sequence[Any]) -> Sequence[Sequence[Any]]:
        """No note on any of them."""
        return [()] * len(invoices)


@dataclass
class KeepingDispatch:
    """Stores events in the outbox, runs given reactions in the same transaction, remembers what it saw."""

    reactions: dict[type[Event], list[Reaction]] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)

    def __call__(self, uow: UnitOfWork, events: Sequence[Event]) -> None:
        """What `uow.emit` and `uow.emit_many` call."""
        outbox.store(uow, events)
        self.events.extend(events)
        for event in events:
            for reaction in self.reactions.get(type(event), ()):
                reaction(uow, event)

    def on(self, event: type[Event], reaction: Reaction) -> None:
        """Let a reaction run when this event is emitted."""
        self.reactions.setdefault(event, []).append(reaction)

    def of(self, event: type[Event]) -> list[Event]:
        """Every event of one class that was emitted so far."""
        return [seen for seen in self.events if type(seen) is event]


@dataclass
class CountingBell:
    """A bell that nobody hears; it counts how often it was rung."""

    rings: int = 0

    def __call__(self) -> None:
        """Ring."""
        self.rings += 1


def quiet_work(engine: Engine, settings: Settings | None = None, *, virtual_time: bool = True) -> Work:
    """A `Work` over `engine` with nothing behind it: moving clock, seeded ids, no hooks.

    With `virtual_time` (the default) leases and due times follow the moving clock too: a test moves time.
    """
    return Work(
        engine=engine,
        clock=MovingClock(FIRST_MORNING),
        ids=SeededIds(1),
        hooks=NoHooks(),
        box=SecretBox(TEST_KEYS),
        settings=settings or Settings(),
        dispatch=KeepingDispatch(),
        bell=CountingBell(),
        virtual_time=virtual_time,
    )
