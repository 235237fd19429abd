"""The two ways in which people pay an invoice: on the gateway's page, and by bank transfer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from ezcore.billing.invoices.models import Invoice, InvoiceStatus
from ezcore.billing.methods import operations as methods
from ezcore.billing.transactions import pay
from ezcore.kernel.errors import Refused
from ezcore.kernel.money import Money
from ezcore.plugin_api.sandbox import CardKind
from ezcore.simulation.people import Person
from ezcore.simulation.world import World


def owed(world: World, person: Person) -> Sequence[Invoice]:
    """The unpaid invoices of a client, oldest first."""
    with world.work.read() as uow:
        query = select(Invoice).where(
            Invoice.client_id == person.client_id, Invoice.status == InvoiceStatus.UNPAID
        )
        return uow.session.scalars(query.order_by(Invoice.id)).all()


def by_page(world: World, person: Person, invoice_id: int, card: CardKind) -> None:
    """Go to the gateway's page and pay there. Raises: Refused when the bank says no, and what the gateway raises."""
    invoice = _invoice(world, invoice_id)
    if invoice.status != InvoiceStatus.UNPAID or invoice.number is None:
        return
    ports, gateway = world.shop.host.ports, world.vendors.gateway_name
    opened = pay.start(world.work, person.actor, ports, invoice.number, gateway)
    if opened.checkout_url is not None and not world.vendors.gateway.pay(opened.checkout_url, card):
        raise Refused("the bank said no")


def all_at_once(world: World, person: Person, card: CardKind) -> None:
    """Pay everything that is owed on one page. Raises: as `by_page`."""
    numbers = [invoice.number for invoice in owed(world, person) if invoice.number is not None]
    if not numbers:
        return
    ports, gateway = world.shop.host.ports, world.vendors.gateway_name
    opened = pay.start_many(world.work, person.actor, ports, numbers, gateway)
    if opened.checkout_url is not None and not world.vendors.gateway.pay(opened.checkout_url, card):
        raise Refused("the bank said no")


def by_transfer(world: World, invoice_id: int, amount: Money | None = None) -> None:
    """Send money from the client's bank; it arrives one to three working days later."""
    invoice = _invoice(world, invoice_id)
    if invoice.status != InvoiceStatus.UNPAID or invoice.number is None:
        return
    days = world.chance.of("bank", invoice_id, world.bank.placed).choice((1, 1, 2, 3))
    due = invoice.balance_due if amount is None else amount
    world.bank.send(world.now + timedelta(days=days), invoice_id, invoice.number, due)


def by_habit(world: World, person: Person, invoice_id: int) -> None:
    """As this person pays."""
    if person.pays_by == "transfer":
        by_transfer(world, invoice_id)
    elif person.pays_by == "card":
        by_page(world, person, invoice_id, person.card)


def has_method(world: World, person: Person) -> bool:
    """Will the shop charge this client by itself?"""
    with world.work.read() as uow:
        return methods.method_of(uow, person.client_id or -1) is not None


def _invoice(world: World, invoice_id: int) -> Invoice:
    with world.work.read() as uow:
        return uow.session.get_one(Invoice, invoice_id)
