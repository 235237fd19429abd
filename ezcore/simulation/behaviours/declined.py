"""Who hears that a charge was declined pays on the page with another card, sooner, later or not at all."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from ezcore.simulation.behaviours import paying
from ezcore.simulation.behaviours.behaviour import Behaviour
from ezcore.simulation.event_log import Happened
from ezcore.simulation.people import Person
from ezcore.simulation.world import World

GIVES_UP = 0.25


def _declined(world: World, person: Person, event: Happened) -> None:
    invoice_id = event.payload["invoice_id"]
    draw = world.chance.of("declined", person.number, event.payload["transaction_id"])
    if draw.random() < GIVES_UP:
        return
    wait = timedelta(hours=draw.choice((1, 5, 30, 80, 200)))
    world.later(wait, "pay with another card", partial(_another_card, world, person, invoice_id))


def _another_card(world: World, person: Person, invoice_id: int) -> None:
    paying.by_page(world, person, invoice_id, "good")
    person.card = "good"


BEHAVIOUR = Behaviour(
    "declined", only=lambda person: person.pays_by == "card", hears={"PaymentDeclined": _declined}
)
