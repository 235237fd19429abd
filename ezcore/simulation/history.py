"""A year of history for the demo, made by the real operations on a moving clock: nothing is written by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from ezcore.accounts import operations as accounts
from ezcore.accounts import queries
from ezcore.billing.invoices.models import Invoice, InvoiceStatus
from ezcore.billing.transactions.operations import record_manual
from ezcore.kernel.actor import Actor
from ezcore.orders.carts import operations as carts
from ezcore.orders.orders import operations as orders
from ezcore.services.services import operations as services
from ezcore.services.services.models import Service
from ezcore.simulation.life import Life
from ezcore.simulation.logins import CLIENT
from ezcore.work import UnitOfWork

CLIENT_RIGHTS = frozenset(
    {"client.read", "client.order", "client.billing", "client.services", "client.domains", "client.support"}
)
BANK = "banktransfer"
LEAVES = "tomas@example.test"
"""The client who moves to another country, and asks to be forgotten afterwards."""


@dataclass(frozen=True)
class Person:
    """A client of the demo: when they came (days after the start), what they bought, how they pay."""

    name: str
    email: str
    country: str
    day: int
    buys: tuple[tuple[str, str, str], ...]
    pays_after: int | None = 2
    leaves: int | None = None


PEOPLE = (
    Person("Mari Tamm", "mari@example.test", "EE", 3, (("vps-m", "1 month", "shop.tamm.test"),)),
    Person("Jonas Ek", "jonas@example.test", "SE", 15, (("vps-s", "1 month", "bot.ek.test"),)),
    Person("Chiara Russo", "chiara@example.test", "IT", 40, (("web-pro", "1 year", "studio-russo.test"),)),
    # The client whom the demo logs in as.
    Person(
        "Mira Okafor",
        CLIENT.email,
        "DE",
        62,
        (("vps-l", "1 month", "okafor.test"), ("web-start", "1 year", "okafor-studio.test")),
    ),
    Person("Liis Saar", "liis@example.test", "EE", 95, (("support-basic", "1 month", "Care for saar.test"),)),
    Person("Tomás Novák", LEAVES, "CZ", 120, (("web-start", "1 month", "novak.test"),), leaves=260),
    Person("Aino Virtanen", "aino@example.test", "FI", 150, (("site-one-page", "once", "virtanen.test"),)),
    Person(
        "Piet de Vries",
        "piet@example.test",
        "NL",
        200,
        (("vps-s", "1 month", "vries.test"),),
        pays_after=None,
    ),
    Person("Élodie Martin", "elodie@example.test", "FR", 300, (("vps-m", "1 year", "martin.test"),)),
)


def live_a_year(life: Life, end: date) -> None:
    """From a year before `end` to `end`: people come, pay by bank transfer, one leaves, one stops paying."""
    start = end - timedelta(days=365)
    for day in range(366):
        today = start + timedelta(days=day)
        life.live_until(today)
        for person in PEOPLE:
            if person.day == day:
                _arrive(life, person)
            if person.leaves == day:
                _leave(life, person)
        _bank_statement(life, today)
        life.settle()


def _arrive(life: Life, person: Person) -> None:
    with life.shop.work.write() as uow:
        created = accounts.create_verified(
            uow, person.email, person.name, country=person.country, password=_password(person)
        )
    user_id, client_id = created.user_id, created.client_id
    actor = Actor("client", user_id=user_id, client_id=client_id, permissions=CLIENT_RIGHTS, name=person.name)
    with life.shop.work.write(actor) as uow:
        cart, _ = carts.open_cart(uow, user_id)
        for slug, cycle, label in person.buys:
            params = {"hostname": label} if slug.startswith("vps") else {}
            carts.add_line(uow, cart, slug, cycle, {}, params, label)
        orders.place(uow, cart, client_id, uow.ids.key("form"))


def _password(person: Person) -> str | None:
    """Only the demo's own client can log in."""
    return CLIENT.password if person.email == CLIENT.email else None


def _leave(life: Life, person: Person) -> None:
    with life.shop.work.write() as uow:
        client = _client_of(uow, person)
        for service in uow.session.scalars(select(Service).where(Service.client_id == client)):
            services.schedule_cancellation(uow, service, "moving to another country")


def _bank_statement(life: Life, today: date) -> None:
    """What arrived at the bank today: each client pays so many days after the invoice date."""
    with life.shop.work.read() as uow:
        open_invoices = uow.session.scalars(
            select(Invoice).where(Invoice.status == InvoiceStatus.UNPAID)
        ).all()
        payers = {_client_of(uow, person): person for person in PEOPLE}
    for invoice in open_invoices:
        person = payers.get(invoice.client_id)
        first = person is not None and invoice.issued_on is not None and _is_first(life, invoice)
        wait = 1 if first else (person.pays_after if person else None)
        if (
            wait is not None
            and invoice.issued_on is not None
            and today >= invoice.issued_on + timedelta(days=wait)
        ):
            with life.shop.work.write() as uow:
                row = uow.session.get_one(Invoice, invoice.id)
                record_manual(uow, row, BANK, row.balance_due, f"EE{today:%y%m%d}{row.id:06d}")


def _client_of(uow: UnitOfWork, person: Person) -> int | None:
    user = queries.user_by_email(uow, person.email)
    return queries.client_id_of(uow, user.id) if user else None


def _is_first(life: Life, invoice: Invoice) -> bool:
    with life.shop.work.read() as uow:
        query = (
            select(Invoice.id).where(Invoice.client_id == invoice.client_id, Invoice.id < invoice.id).limit(1)
        )
        return uow.session.execute(query).first() is None
