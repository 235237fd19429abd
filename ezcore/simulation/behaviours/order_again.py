"""A third of the people come back for more."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from ezcore.kernel.errors import Refused
from ezcore.simulation.behaviours.behaviour import Behaviour
from ezcore.simulation.behaviours.order import place
from ezcore.simulation.people import Person, choose_product
from ezcore.simulation.world import World


def _begin(world: World, person: Person) -> None:
    draw = world.chance.of("order again", person.number)
    at = person.arrives + timedelta(days=draw.randrange(10, 400), minutes=draw.randrange(1440))
    world.at(at, "order again", partial(_order, world, person, choose_product(draw)))


def _order(world: World, person: Person, wants: tuple[str, str]) -> None:
    if person.client_id is None:
        raise Refused("never came a first time")
    place(world, person, wants, f"second-{person.number}")


BEHAVIOUR = Behaviour("order again", 330, begin=_begin)
