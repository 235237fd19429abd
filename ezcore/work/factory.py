"""Work: the one factory of units of work, used by views, jobs, CLI, simulation and tests alike."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from ezcore.db.at_once import AtOnce
from ezcore.db.engine import Mode
from ezcore.db.sealed import SecretBox
from ezcore.kernel.actor import SYSTEM, Actor
from ezcore.kernel.clock import Clock
from ezcore.kernel.crashpoint import crashpoint
from ezcore.kernel.ids import Ids
from ezcore.plugin_api.protocols import Hooks
from ezcore.settings import Settings
from ezcore.work.unit_of_work import Dispatch, UnitOfWork

log = logging.getLogger(__name__)


@dataclass
class Work:
    """Opens units of work. `dispatch` runs reactions and fills the outbox, `bell` wakes a worker."""

    engine: Engine
    clock: Clock
    ids: Ids
    hooks: Hooks
    box: SecretBox
    settings: Settings
    dispatch: Dispatch
    bell: Callable[[], None]
    virtual_time: bool = False
    _binds: dict[Mode, Engine] = field(default_factory=dict, init=False, repr=False)

    @contextmanager
    def read(self, actor: Actor = SYSTEM) -> Iterator[UnitOfWork]:
        """A transaction that cannot change anything; for pages, previews and reports."""
        with self._session("read") as session:
            yield self._unit(session, actor)

    @contextmanager
    def write(self, actor: Actor = SYSTEM) -> Iterator[UnitOfWork]:
        """A transaction: commits when the block ends well, rolls back otherwise; then rings if asked to."""
        with self._session("write") as session:
            unit = self._unit(session, actor)
            yield unit
            session.commit()
        crashpoint("work.committed")
        if unit.wants_ring:
            self.ring()

    @cached_property
    def at_once(self) -> AtOnce:
        """PostgreSQL: every statement is a transaction of its own, where one statement says it all."""
        return AtOnce(self.engine)

    @contextmanager
    def _session(self, mode: Mode) -> Iterator[Session]:
        bind = self._binds.get(mode)
        if bind is None:  # an engine of its own per mode costs more than a small transaction, so it is kept
            bind = self._binds[mode] = self.engine.execution_options(ez_mode=mode)
        with Session(bind, expire_on_commit=False) as session:
            yield session

    def _unit(self, session: Session, actor: Actor) -> UnitOfWork:
        return UnitOfWork(
            session=session,
            actor=actor,
            clock=self.clock,
            hooks=self.hooks,
            ids=self.ids,
            box=self.box,
            settings=self.settings,
            dispatch=self.dispatch,
            virtual_time=self.virtual_time,
        )

    def ring(self) -> None:
        """Wake a worker; a bell that does not sound is only noted."""
        try:
            self.bell()
        except Exception as error:  # noqa: BLE001 - whatever storage the bell hangs on
            # A silent bell costs seconds, not work: the sweep finds what is due in the database.
            log.warning("could not ring (%s: %s); the sweep will find the work", type(error).__name__, error)
