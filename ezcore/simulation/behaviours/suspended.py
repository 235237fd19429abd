"""Whose service stands still pays what is owed, mostly; some never come back and are terminated."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from ezcore.simulation.behaviours import paying
from ezcore.simulation.behaviours.behaviour import Behaviour
from ezcore.simulation.event_log import Happened
from ezcore.simulation.people import Person
from ezcore.simulation.world import World

GONE = 0.3


def _action(world: World, person: Person, event: Happened) -> None:
    if event.payload["verb"] != "suspend":
        return
    draw = world.chance.of("suspended", person.number, event.payload["job_key"])
    if draw.random() < GONE:
        return
    wait = timedelta(hours=draw.choice((1, 3, 20, 50, 200, 400)))
    world.later(wait, "pay after a suspension", partial(_pay_all, world, person))


def _pay_all(world: World, person: Person) -> None:
    if person.pays_by == "card":
        paying.all_at_once(world, person, "good")
        return
    for invoice in paying.owed(world, person):
        paying.by_transfer(world, invoice.id)


BEHAVIOUR = Behaviour(
    "suspended", only=lambda person: person.pays_by != "never", hears={"ActionDone": _action}
)
