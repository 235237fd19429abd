"""Whoever has credit mostly pays with it what it is good for, before paying the rest as always."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from ezcore.billing.credit import operations as credit
from ezcore.billing.invoices.models import Invoice, InvoiceStatus
from ezcore.kernel.errors import Refused
from ezcore.simulation.behaviours.behaviour import Behaviour
from ezcore.simulation.event_log import Happened
from ezcore.simulation.people import Person
from ezcore.simulation.world import World


def _issued(world: World, person: Person, event: Happened) -> None:
    invoice_id = event.payload["invoice_id"]
    draw = world.chance.of("spend credit", person.number, invoice_id)
    world.later(
        timedelta(minutes=draw.randrange(1, 3000)), "spend credit", partial(_spend, world, person, invoice_id)
    )


def _spend(world: World, person: Person, invoice_id: int) -> None:
    with world.work.write(person.actor) as uow:
        invoice = uow.session.get_one(Invoice, invoice_id)
        has = credit.balance(uow, invoice.client_id, invoice.currency)
        if invoice.status != InvoiceStatus.UNPAID or not has.is_positive:
            raise Refused("nothing to pay, or nothing to pay with")
        credit.spend(uow, invoice, min(has, invoice.balance_due))


BEHAVIOUR = Behaviour("spend credit", 600, hears={"InvoiceIssued": _issued})
