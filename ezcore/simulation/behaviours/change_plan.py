"""Some clients move to another plan in the middle of a period: bigger ones are paid, smaller ones credited."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from sqlalchemy import select

from ezcore.catalog.products.models import Product
from ezcore.kernel.errors import Refused
from ezcore.orders.changes import operations as changes
from ezcore.orders.changes.queries import preview
from ezcore.services.services.models import Service, ServiceState
from ezcore.simulation.behaviours import paying
from ezcore.simulation.behaviours.behaviour import Behaviour
from ezcore.simulation.people import Person
from ezcore.simulation.world import World
from ezcore.work import UnitOfWork

FAMILIES = (
    ("vps-s", "vps-m", "vps-l"),
    ("web-start", "web-pro", "web-agency"),
    ("support-basic", "support-plus"),
)


def _begin(world: World, person: Person) -> None:
    draw = world.chance.of("change plan", person.number)
    for turn in range(draw.choice((1, 1, 2))):
        at = person.arrives + timedelta(days=draw.randrange(5, 300), minutes=draw.randrange(1440))
        world.at(at, "change plan", partial(_change, world, person, turn))


def _change(world: World, person: Person, turn: int) -> None:
    draw = world.chance.of("change plan", person.number, turn)
    with world.work.write(person.actor) as uow:
        service, others = _changeable(uow, person)
        other, wanted = draw.choice(others), (service.cycle_name, service.selection)
        found = preview(uow, service, other, *wanted, uow.today())
        invoice_id = changes.request(uow, service, other, *wanted, found.document.total).invoice_id
    if invoice_id is not None:
        world.later(timedelta(minutes=5), "pay a change", partial(paying.by_habit, world, person, invoice_id))


def _changeable(uow: UnitOfWork, person: Person) -> tuple[Service, list[str]]:
    """The client's first service that has siblings, and those. Raises: Refused when there is none."""
    query = select(Service, Product.slug).join(Product, Product.id == Service.product_id)
    mine = query.where(Service.client_id == person.client_id, Service.state == ServiceState.ACTIVE)
    for service, slug in uow.session.execute(mine.order_by(Service.id)):
        others = [other for family in FAMILIES if slug in family for other in _siblings(family, slug)]
        if others:
            return service, others
    raise Refused("nothing to change")


def _siblings(family: tuple[str, ...], slug: str) -> tuple[str, ...]:
    """The plans to move to. Disks grow only, so a server moves to a bigger one."""
    place = family.index(slug)
    smaller = () if slug.startswith("vps") else family[:place]
    return smaller + family[place + 1 :]


BEHAVIOUR = Behaviour("change plan", 250, begin=_begin)
