"""Some cards expire, run dry or are reported stolen while they are stored with us."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from sqlalchemy import select

from ezcore.billing.methods.models import GatewayCustomer
from ezcore.kernel.errors import Refused
from ezcore.simulation.behaviours.behaviour import Behaviour
from ezcore.simulation.people import Person
from ezcore.simulation.world import World

WAYS = ("expired_card", "insufficient_funds", "lost_card", "do_not_honor", "authentication_required")


def _begin(world: World, person: Person) -> None:
    draw = world.chance.of("card", person.number)
    way, months, mends = draw.choice(WAYS), draw.randrange(2, 14), draw.random()
    at = person.arrives + timedelta(days=30 * months)
    world.at(at, f"card: {way}", partial(spoil, world, person, way))
    if mends < 0.5:  # noqa: PLR2004 - half of them come right by themselves
        world.at(at + timedelta(days=20), "card: ok", partial(spoil, world, person, "ok"))


def spoil(world: World, person: Person, behaviour: str) -> None:
    """The stored methods of this client behave so from now on. Raises: Refused for who has none."""
    with world.work.read() as uow:
        query = select(GatewayCustomer.customer_id).where(
            GatewayCustomer.client_id == person.client_id,
            GatewayCustomer.gateway == world.vendors.gateway_name,
        )
        customer = uow.session.scalar(query)
    if customer is None:
        raise Refused("not known at the gateway")
    world.vendors.gateway.spoil(customer, behaviour)


BEHAVIOUR = Behaviour("card goes bad", 180, only=lambda person: person.pays_by == "card", begin=_begin)
