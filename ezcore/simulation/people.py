"""The people of a simulated shop: who they are is drawn once, from a generator of their own."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from ezcore.kernel.actor import Actor
from ezcore.plugin_api.sandbox import CardKind
from ezcore.simulation.chance import Chance
from ezcore.simulation.history import CLIENT_RIGHTS

COUNTRIES = ("EE", "DE", "SE", "FR", "NL", "FI", "IT", "ES", "US", "GB")
PRODUCTS: tuple[tuple[str, str, int], ...] = (
    ("vps-s", "1 month", 14),
    ("vps-m", "1 month", 8),
    ("vps-l", "1 month", 3),
    ("vps-s", "1 year", 6),
    ("web-start", "1 month", 8),
    ("web-pro", "1 month", 5),
    ("web-start", "1 year", 22),
    ("web-pro", "1 year", 11),
    ("web-agency", "1 year", 5),
    ("support-basic", "1 month", 8),
    ("support-plus", "1 month", 3),
    ("site-one-page", "once", 4),
    ("site-business", "once", 3),
)
"""Slug, cycle and how often it is chosen: servers by the month, web space mostly by the year."""
PAYS_BY: tuple[tuple[Literal["card", "transfer", "never"], int], ...] = (
    ("card", 68),
    ("transfer", 22),
    ("never", 10),
)
CARDS: tuple[tuple[CardKind, int], ...] = (
    ("good", 74),
    ("authenticate", 8),
    ("declined_later", 6),
    ("declined", 4),
    ("bank", 6),
    ("bank_fails", 2),
)


@dataclass
class Person:
    """A client to be. `lateness` is how many days they take to pay what they pay by hand."""

    number: int
    name: str
    email: str
    country: str
    arrives: datetime
    wants: tuple[str, str]
    pays_by: Literal["card", "transfer", "never"]
    card: CardKind
    lateness: int
    habits: tuple[str, ...] = ()
    user_id: int | None = None
    client_id: int | None = None
    notes: dict[str, int] = field(default_factory=dict)

    @property
    def actor(self) -> Actor:
        """This client, logged in."""
        return Actor("client", self.user_id, self.client_id, CLIENT_RIGHTS, self.name)


def people(chance: Chance, clients: int, start: datetime, end: datetime) -> list[Person]:
    """Everybody who will come between two moments, most of the time left to live there."""
    return [_person(chance.of("person", number), number, start, end) for number in range(1, clients + 1)]


def choose_product(draw: random.Random) -> tuple[str, str]:
    """A product and its cycle."""
    slug, cycle, _ = draw.choices(PRODUCTS, [weight for _, _, weight in PRODUCTS])[0]
    return slug, cycle


def _person(draw: random.Random, number: int, start: datetime, end: datetime) -> Person:
    arrives = start + timedelta(seconds=draw.randrange(int((end - start).total_seconds() * 0.85)))
    return Person(
        number=number,
        name=f"Client {number}",
        email=f"client{number}@people.test",
        country=draw.choice(COUNTRIES),
        arrives=arrives,
        wants=choose_product(draw),
        pays_by=draw.choices([by for by, _ in PAYS_BY], [weight for _, weight in PAYS_BY])[0],
        card=draw.choices([card for card, _ in CARDS], [weight for _, weight in CARDS])[0],
        lateness=draw.choice((0, 0, 1, 1, 2, 3, 4, 7, 12)),
    )
