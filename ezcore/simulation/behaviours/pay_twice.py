"""A few pay the same invoice twice: on the page and by transfer."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from ezcore.simulation.behaviours import paying
from ezcore.simulation.behaviours.behaviour import Behaviour
from ezcore.simulation.event_log import Happened
from ezcore.simulation.people import Person
from ezcore.simulation.world import World


def _issued(world: World, person: Person, event: Happened) -> None:
    invoice_id = event.payload["invoice_id"]
    draw = world.chance.of("pay twice", person.number, invoice_id)
    if draw.random() < 0.15:  # noqa: PLR2004 - not every time
        world.later(
            timedelta(minutes=draw.randrange(1, 9)), "pay twice", partial(_both, world, person, invoice_id)
        )


def _both(world: World, person: Person, invoice_id: int) -> None:
    paying.by_transfer(world, invoice_id)
    paying.by_page(world, person, invoice_id, "good")


BEHAVIOUR = Behaviour("pay twice", 60, hears={"InvoiceIssued": _issued})
