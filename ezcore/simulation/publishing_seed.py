"""What the demo's shop publishes: a little of each, so that no page is empty."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select

from ezcore.app import Ezcore
from ezcore.catalog.products.models import Product
from ezcore.publishing.announcements import operations as announcements
from ezcore.publishing.articles import categories
from ezcore.publishing.articles import operations as articles
from ezcore.publishing.articles.categories import Shelf
from ezcore.publishing.downloads import operations as downloads
from ezcore.publishing.downloads.models import Audience
from ezcore.publishing.downloads.operations import File
from ezcore.publishing.incidents import components
from ezcore.publishing.incidents import operations as incidents
from ezcore.publishing.incidents.components import Part
from ezcore.publishing.incidents.models import Impact, IncidentKind, IncidentState
from ezcore.publishing.incidents.operations import Facts
from ezcore.publishing.pages import operations as pages
from ezcore.publishing.pages.models import PageName
from ezcore.services.servers.models import Server
from ezcore.work import UnitOfWork

_NEWS: Final = (
    (
        "A second carrier in Tallinn",
        40,
        "Traffic to the east now takes **two carriers**.\n\nNothing changes for you.",
    ),
    (
        "Backups every night",
        12,
        "Every VPS can be copied each night:\n\n1. open the service\n2. choose *Backups*",
    ),
    (
        "Support answers on Saturdays",
        2,
        "From this month on a person reads your tickets on Saturdays, 10 to 16.",
    ),
)
_ANSWERS: Final = (
    (
        "servers", "How do I log in to my server for the first time?", "vps-s", False,
        "The first password is on the page of the service, and is shown once.\n\n    ssh root@your-address",
    ),
    (
        "servers", "My server does not answer", "vps-s", False,
        "Look at the [network status](/status/) first. Then open the console of the service: it works without network.",
    ),
    (
        "mail", "Which settings does my mail program need?", None, False,
        "- Server: the name of your website\n- Incoming: port 993, encrypted\n- Outgoing: port 465, encrypted",
    ),
    (
        "billing", "How is my invoice paid?", None, False,
        "By card at once, or by bank transfer with the number of the invoice. What is paid too much becomes credit.",
    ),
    (
        "billing", "What happens when I pay late?", None, True,
        "We remind you three times. Services are suspended after that, and come back when the invoice is paid.",
    ),
)  # fmt: skip
_TERMS: Final = """## What we do

We run the services that you order, and tell you before we change them.

## What you do

You pay what is due, and use the services within the law.

## How it ends

You may end a service at the end of each term. We give notice of 30 days."""
_PRIVACY: Final = """## What we keep

Your name, address, invoices, and what you write to us.

## Why

To run what you ordered, and because the law asks for invoices for seven years.

## Your rights

Ask us for a copy, a correction or an end: open a ticket."""
_ABOUT: Final = """We are a **small hosting company**. The demo of ezcore pretends to be us.

Our machines stand in Tallinn and Frankfurt, and people answer your tickets."""


def seed_publishing(shop: Ezcore) -> None:
    """News, answers, parts of the network with a past and a planned report, files, and the three pages."""
    with shop.work.write() as uow:
        now = uow.now()
        _news(uow, now)
        _answers(uow)
        _network(uow, now)
        _files(uow)
        written = (
            (PageName.TERMS, "Terms of service", _TERMS),
            (PageName.PRIVACY, "Privacy", _PRIVACY),
            (PageName.ABOUT, "About us", _ABOUT),
        )
        for name, title, body in written:
            pages.publish(uow, pages.save_draft(uow, name, title, body))


def _news(uow: UnitOfWork, now: datetime) -> None:
    for title, days, body in _NEWS:
        made = announcements.add(uow, announcements.Words(title, body))
        announcements.publish(uow, made, now - timedelta(days=days))
        made.changed_at = now - timedelta(days=days)
    ahead = announcements.add(uow, announcements.Words("A new panel in spring", "You will *like* it."))
    announcements.publish(uow, ahead, now + timedelta(days=30))
    announcements.add(uow, announcements.Words("Prices of domain names", "Not decided yet."))


def _answers(uow: UnitOfWork) -> None:
    shelves = {
        "servers": categories.add(uow, Shelf("Servers", "Machines that you run yourself", "servers", position=1)),
        "websites": categories.add(uow, Shelf("Websites and mail", "Hosting, mail, names", "websites", position=2)),
        "billing": categories.add(uow, Shelf("Billing", "Invoices, payments, credit", "billing", position=3)),
    }  # fmt: skip
    inside = Shelf("Mail", "Programs and passwords", "mail", parent_id=shelves["websites"].id)
    shelves["mail"] = categories.add(uow, inside)
    for position, (shelf, title, product, private, body) in enumerate(_ANSWERS):
        product_id = (
            uow.session.scalar(select(Product.id).where(Product.slug == product)) if product else None
        )
        words = articles.Words(
            title, body, shelves[shelf].id, product_id=product_id, position=position, private=private
        )  # fmt: skip
        articles.publish(uow, articles.add(uow, words))
    draft = articles.Words("How do I move my site here?", "To be written.", shelves["websites"].id)
    articles.add(uow, draft)


def _network(uow: UnitOfWork, now: datetime) -> None:
    servers = uow.session.scalars(select(Server).order_by(Server.id)).all()
    parts = [
        components.add(uow, Part(f"Servers: {one.name}", "Machines and what runs on them", one.id, position))
        for position, one in enumerate(servers, 1)
    ]
    parts.append(components.add(uow, Part("Client area", "This site, orders and payments", position=90)))
    begun = now - timedelta(days=9)
    slow = incidents.begin(
        uow, Facts(IncidentKind.INCIDENT, "Slow answers of the client area", Impact.DEGRADED, [parts[-1].id], begun),
        "Pages take up to ten seconds. We look for the cause.",
    )  # fmt: skip
    steps = (
        (IncidentState.IDENTIFIED, "A disk of the database is full of *log files*."),
        (IncidentState.SOLVED, "There is room again, and a watch on it."),
    )
    told = [incidents.tell(uow, slow, state, body) for state, body in steps]
    for minutes, one in zip((25, 70), told, strict=True):
        one.at = begun + timedelta(minutes=minutes)
    slow.solved_at = told[-1].at
    incidents.publish(uow, slow)
    start = (now + timedelta(days=5)).replace(hour=1, minute=0, second=0, microsecond=0)
    work = Facts(
        IncidentKind.MAINTENANCE, "New switches in rack 4", Impact.OUTAGE, [parts[0].id], start,
        start + timedelta(hours=2),
    )  # fmt: skip
    incidents.publish(uow, incidents.begin(uow, work, "Machines there are out of reach for some minutes."))


def _files(uow: UnitOfWork) -> None:
    hosts = File("first-steps.txt", b"1. Log in\n2. Change the password\n3. Switch backups on\n")
    facts = downloads.Facts("First steps with a server", Audience.EVERYBODY, "One page to print")
    downloads.publish(uow, downloads.add(uow, facts, hosts))
    keys = File("mail-settings.txt", b"Incoming: port 993, encrypted\nOutgoing: port 465, encrypted\n")
    facts = downloads.Facts("Mail settings", Audience.CLIENTS, "For mail programs")
    downloads.publish(uow, downloads.add(uow, facts, keys))
