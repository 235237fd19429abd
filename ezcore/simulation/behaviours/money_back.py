"""Now and then somebody wants money back: staff refund it, whole or half, to the card, to credit or by hand."""

from __future__ import annotations

import random
from datetime import timedelta
from functools import partial

from ezcore.billing.refunds.models import Refund
from ezcore.billing.refunds.operations import request
from ezcore.billing.transactions.models import Transaction
from ezcore.kernel.money import Money
from ezcore.simulation.behaviours.behaviour import Behaviour
from ezcore.simulation.event_log import Happened
from ezcore.simulation.people import Person
from ezcore.simulation.world import World

WANTS = 0.06
COMES_BACK = 0.2


def _received(world: World, person: Person, event: Happened) -> None:
    transaction_id = event.payload["transaction_id"]
    draw = world.chance.of("money back", person.number, transaction_id)
    if draw.random() < WANTS:
        wait = timedelta(hours=draw.randrange(1, 900))
        world.later(wait, "refund", partial(_refund, world, transaction_id, draw.getrandbits(32)))


def _refund(world: World, transaction_id: int, seed: int) -> None:
    draw = random.Random(seed)  # noqa: S311 - drawn anew at each try, so a second try is the same wish
    with world.work.write() as uow:
        row = uow.session.get_one(Transaction, transaction_id)
        left = row.received_minor - row.refunded_minor
        amount = Money(draw.choice((left, left, (left + 1) // 2)), row.currency)
        by_hand = row.kind == "manual"
        to = draw.choice(("manual", "credit") if by_hand else ("gateway", "gateway", "credit"))
        bank = f"OUT{transaction_id}" if to == "manual" else None
        refund = request(
            uow, row, amount, to, "asked for", external_id=bank, key=f"sim-refund-{transaction_id}"
        )
        refund_id, comes_back = refund.id, to == "gateway" and draw.random() < COMES_BACK
    if comes_back:
        world.later(timedelta(days=6), "a refund comes back", partial(_fails, world, refund_id))


def _fails(world: World, refund_id: int) -> None:
    with world.work.read() as uow:
        external_id = uow.session.get_one(Refund, refund_id).external_id
    if external_id is not None:
        world.vendors.gateway.fail_refund(external_id)


BEHAVIOUR = Behaviour("money back", hears={"PaymentReceived": _received})
