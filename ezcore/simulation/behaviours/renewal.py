"""Who has no stored method pays renewals by hand, some days after the due date or after a reminder."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from ezcore.simulation.behaviours import paying
from ezcore.simulation.behaviours.behaviour import Behaviour
from ezcore.simulation.event_log import Happened
from ezcore.simulation.people import Person
from ezcore.simulation.world import World

LEAD = 7
FORGETFUL = 0.08


def _issued(world: World, person: Person, event: Happened) -> None:
    draw = world.chance.of("renewal", person.number, event.payload["invoice_id"])
    if draw.random() < FORGETFUL:
        return
    wait = timedelta(days=max(0, LEAD + person.lateness - 3), minutes=draw.randrange(600))
    invoice_id = event.payload["invoice_id"]
    world.later(wait, "look at an invoice", partial(_pay_by_hand, world, person, invoice_id))


def _reminded(world: World, person: Person, event: Happened) -> None:
    invoice_id = event.payload["invoice_id"]
    draw = world.chance.of("reminder", person.number, invoice_id, event.payload["days"])
    if draw.random() < 0.7:  # noqa: PLR2004 - most people answer a reminder
        wait = timedelta(hours=draw.randrange(2, 60))
        world.later(wait, "answer a reminder", partial(_pay_by_hand, world, person, invoice_id))


def _pay_by_hand(world: World, person: Person, invoice_id: int) -> None:
    if person.pays_by == "transfer" and any(one.invoice_id == invoice_id for one in world.bank.under_way):
        return
    if person.pays_by == "card" and paying.has_method(world, person):
        return
    paying.by_habit(world, person, invoice_id)


BEHAVIOUR = Behaviour(
    "renewal",
    only=lambda person: person.pays_by != "never",
    hears={"InvoiceIssued": _issued, "ReminderDue": _reminded},
)
