"""The simulated world: a shop, its vendors, its people and what they are about to do."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from ezcore.app import Ezcore
from ezcore.kernel.clock import MovingClock
from ezcore.kernel.crashpoint import SimulatedCrash
from ezcore.kernel.errors import EzError
from ezcore.plugin_api.errors import StepSignal
from ezcore.simulation.agenda import Agenda, Entry
from ezcore.simulation.bank import Bank
from ezcore.simulation.chance import Chance
from ezcore.simulation.door import Door
from ezcore.simulation.event_log import EventLog
from ezcore.simulation.machine import Machine
from ezcore.simulation.people import Person
from ezcore.simulation.vendors import Vendors
from ezcore.work import Work

log = logging.getLogger(__name__)

MOST_TRIES = 6


@dataclass
class World:
    """Everything a behaviour may use. `happened` counts what people, staff and chance did, by name."""

    shop: Ezcore
    clock: MovingClock
    chance: Chance
    vendors: Vendors
    machine: Machine
    door: Door
    events: EventLog
    start: datetime
    end: datetime
    people: list[Person]
    agenda: Agenda = field(default_factory=Agenda)
    bank: Bank = field(default_factory=Bank)
    happened: Counter[str] = field(default_factory=Counter)
    unexpected: list[str] = field(default_factory=list)
    answered: Counter[int] = field(default_factory=Counter)
    by_client: dict[int, Person] = field(default_factory=dict)

    @property
    def work(self) -> Work:
        """Where units of work come from."""
        return self.shop.work

    @property
    def now(self) -> datetime:
        """The virtual moment."""
        return self.clock.now()

    def at(self, moment: datetime, name: str, act: Callable[[], None]) -> None:
        """Write something into the agenda; `name` is counted when it went well."""
        self.agenda.write(Entry(max(moment, self.now), name, act))

    def later(self, wait: timedelta, name: str, act: Callable[[], None]) -> None:
        """As `at`, so much later."""
        self.at(self.now + wait, name, act)

    def clock_time(self, days: int, at: time) -> datetime:
        """A time of day in the shop's zone, so many days from today."""
        zone = ZoneInfo(self.shop.settings.shop.time_zone)
        return datetime.combine(self.now.astimezone(zone).date() + timedelta(days=days), at, zone)

    def perform(self, entry: Entry) -> None:
        """Do what is written. A refusal ends it; a death or a lost answer lets the person try again.

        Anything else is a defect: it is kept, and the run goes on so that its traces can be seen.
        """
        try:
            entry.act()
        except SimulatedCrash as crash:
            self.machine.died(crash)
            self._again(entry, timedelta(minutes=10))
        except StepSignal as signal:
            self.happened[f"{entry.name}: {type(signal).__name__}"] += 1
            self._again(entry, timedelta(hours=2))
        except EzError as refusal:
            log.info("%s %s: %s", self.now, entry.name, refusal.message)
            self.happened[f"{entry.name}: refused"] += 1
        except Exception as error:
            log.exception("%s %s", self.now, entry.name)
            self.unexpected.append(f"{entry.name} at {self.now.isoformat()}: {type(error).__name__}: {error}")
        else:
            self.happened[entry.name] += 1

    def _again(self, entry: Entry, wait: timedelta) -> None:
        if entry.tries < MOST_TRIES:
            self.agenda.write(Entry(self.now + wait, entry.name, entry.act, entry.tries + 1))
