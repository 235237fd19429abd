"""A few payments are disputed by the payer's bank, which decides some weeks later."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from ezcore.billing.transactions.models import Transaction
from ezcore.kernel.errors import Refused
from ezcore.simulation.behaviours.behaviour import Behaviour
from ezcore.simulation.event_log import Happened
from ezcore.simulation.people import Person
from ezcore.simulation.world import World

DISPUTED = 0.02


def _received(world: World, person: Person, event: Happened) -> None:
    transaction_id = event.payload["transaction_id"]
    draw = world.chance.of("dispute", person.number, transaction_id)
    if draw.random() < DISPUTED:
        wait, won = timedelta(days=draw.randrange(1, 60)), draw.random() < 0.5  # noqa: PLR2004 - a coin
        world.later(wait, "dispute", partial(_dispute, world, transaction_id, won=won))


def _dispute(world: World, transaction_id: int, *, won: bool) -> None:
    with world.work.read() as uow:
        row = uow.session.get_one(Transaction, transaction_id)
    if row.gateway != world.vendors.gateway_name or row.external_id is None:
        raise Refused("not paid by card")
    try:
        dispute = world.vendors.gateway.dispute(row.external_id)
    except LookupError as no:
        raise Refused("nothing to dispute") from no
    world.later(timedelta(days=21), "a dispute is decided", partial(_decide, world, dispute, won=won))


def _decide(world: World, dispute: str, *, won: bool) -> None:
    world.vendors.gateway.decide(dispute, won=won)


BEHAVIOUR = Behaviour("dispute", hears={"PaymentReceived": _received})
