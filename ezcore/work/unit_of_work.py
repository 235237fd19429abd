"""UnitOfWork: what an operation is handed instead of a request."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from ezcore.db.sealed import SecretBox
from ezcore.kernel.actor import Actor
from ezcore.kernel.clock import Clock
from ezcore.kernel.events import Event
from ezcore.kernel.ids import Ids
from ezcore.plugin_api.protocols import Hooks
from ezcore.settings import Settings

Dispatch = Callable[["UnitOfWork", Sequence[Event]], None]


@dataclass
class UnitOfWork:
    """One transaction. Business dates come from `clock`, leases and due times from the database's clock."""

    session: Session
    actor: Actor
    clock: Clock
    hooks: Hooks
    ids: Ids
    box: SecretBox
    settings: Settings
    dispatch: Dispatch
    virtual_time: bool = False
    wants_ring: bool = field(default=False, init=False)

    def emit(self, event: Event) -> None:
        """Announce what happened: reactions run now, in this transaction; subscribers hear after commit."""
        self.dispatch(self, (event,))

    def emit_many(self, events: Sequence[Event]) -> None:
        """As `emit`, for bulk runs: reactions get the whole batch."""
        if events:
            self.dispatch(self, tuple(events))

    def ring(self) -> None:
        """Ask for the bell after commit: something is due."""
        self.wants_ring = True

    def now(self) -> datetime:
        """The business instant, aware, UTC."""
        return self.clock.now()

    def today(self) -> date:
        """The business date in the shop's time zone."""
        return self.clock.today(self.settings.shop.time_zone)

    def database_now(self) -> datetime:
        """The instant that leases and due times are measured by: the database's clock, one for all machines.

        In the simulation time is virtual, so there the business clock decides.
        """
        if self.virtual_time:
            return self.clock.now()
        return database_now(self.session)


def database_now(session: Session) -> datetime:
    """The database's wall clock, aware, UTC."""
    if session.get_bind().dialect.name == "sqlite":
        stamp = session.execute(text("SELECT strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')")).scalar_one()
        return datetime.fromisoformat(stamp)
    moment: datetime = session.execute(text("SELECT clock_timestamp()")).scalar_one()
    return moment
