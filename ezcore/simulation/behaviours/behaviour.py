"""What a behaviour is: something that some of the people do, at their own time or when they hear of an event."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ezcore.simulation.event_log import Happened
from ezcore.simulation.people import Person
from ezcore.simulation.world import World

Begin = Callable[[World, Person], None]
Hear = Callable[[World, Person, Happened], None]


@dataclass(frozen=True)
class Behaviour:
    """One habit. `per_mille` of the people have it; `only` says who may.

    `begin` is called once when the person arrives, `hears` when an event about the person was committed. Both only
    write into the world's agenda; what is written there may be tried again after a death, so it repeats harmlessly.
    """

    name: str
    per_mille: int = 1000
    only: Callable[[Person], bool] = lambda _person: True
    begin: Begin | None = None
    hears: Mapping[str, Hear] = field(default_factory=dict)
