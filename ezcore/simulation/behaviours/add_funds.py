"""A few keep some credit with the shop."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from ezcore.billing.funds import operations as funds
from ezcore.kernel.errors import Refused
from ezcore.kernel.money import Money
from ezcore.simulation.behaviours import paying
from ezcore.simulation.behaviours.behaviour import Behaviour
from ezcore.simulation.people import Person
from ezcore.simulation.world import World


def _begin(world: World, person: Person) -> None:
    draw = world.chance.of("add funds", person.number)
    for _ in range(draw.randrange(1, 4)):
        at = person.arrives + timedelta(days=draw.randrange(3, 400), minutes=draw.randrange(1440))
        amount = Money(draw.choice((500, 2000, 5000)), world.shop.settings.shop.currency)
        world.at(at, "add funds", partial(_add, world, person, amount))


def _add(world: World, person: Person, amount: Money) -> None:
    if person.client_id is None:
        raise Refused("not a client yet")
    with world.work.write(person.actor) as uow:
        invoice_id = funds.add(uow, amount).id
    world.later(timedelta(minutes=4), "pay for funds", partial(paying.by_habit, world, person, invoice_id))


BEHAVIOUR = Behaviour("add funds", 80, only=lambda person: person.pays_by != "never", begin=_begin)
