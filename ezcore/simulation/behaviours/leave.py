"""Half of the people leave after some months; a few of those change their mind."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from sqlalchemy import Select, select

from ezcore.services.services import operations as services
from ezcore.services.services.models import Service, ServiceState
from ezcore.simulation.behaviours.behaviour import Behaviour
from ezcore.simulation.people import Person
from ezcore.simulation.world import World

ALIVE = (ServiceState.ACTIVE, ServiceState.SUSPENDED)


def _begin(world: World, person: Person) -> None:
    draw = world.chance.of("leave", person.number)
    at = person.arrives + timedelta(days=draw.randrange(20, 540), minutes=draw.randrange(1440))
    world.at(at, "cancel", partial(_cancel, world, person))
    if draw.random() < 0.2:  # noqa: PLR2004 - one in five stays after all
        world.at(at + timedelta(days=draw.randrange(1, 6)), "stay after all", partial(_keep, world, person))


def _cancel(world: World, person: Person) -> None:
    with world.work.write(person.actor) as uow:
        for service in uow.session.scalars(_alive(person).where(Service.cancel_on.is_(None))).all():
            services.schedule_cancellation(uow, service, "moving on")


def _keep(world: World, person: Person) -> None:
    with world.work.write(person.actor) as uow:
        for service in uow.session.scalars(_alive(person).where(Service.cancel_on.is_not(None))).all():
            services.keep(uow, service)


def _alive(person: Person) -> Select[Service]:
    return (
        select(Service)
        .where(Service.client_id == person.client_id, Service.state.in_(ALIVE))
        .order_by(Service.id)
    )


BEHAVIOUR = Behaviour("leave", 500, begin=_begin)
