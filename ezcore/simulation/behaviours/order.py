"""Everybody comes, opens an account and orders something; most pay for it at once."""

from __future__ import annotations

import random
from datetime import timedelta
from functools import partial

from ezcore.accounts import operations as accounts
from ezcore.accounts import queries
from ezcore.orders.carts import operations as carts
from ezcore.orders.orders import operations as orders
from ezcore.simulation.behaviours import paying
from ezcore.simulation.behaviours.behaviour import Behaviour
from ezcore.simulation.people import Person
from ezcore.simulation.world import World

CODE = "WELCOME20"
USES_A_CODE = 0.25
ADDS_COPIES = 0.12


def _arrive(world: World, person: Person) -> None:
    world.at(person.arrives, "order", partial(_sign_up_and_order, world, person))


def _sign_up_and_order(world: World, person: Person) -> None:
    with world.work.write() as uow:
        known = queries.user_by_email(uow, person.email)  # a death may have come between account and order
        if known is None:
            account = accounts.create_verified(uow, person.email, person.name, country=person.country)
            person.user_id, person.client_id = account.user_id, account.client_id
        else:
            person.user_id, person.client_id = known.id, queries.client_id_of(uow, known.id)
    assert person.client_id is not None
    world.by_client[person.client_id] = person
    code = CODE if world.chance.of("code", person.number).random() < USES_A_CODE else ""
    place(world, person, person.wants, f"first-{person.number}", code)


def place(world: World, person: Person, wants: tuple[str, str], form: str, code: str = "") -> None:
    """Order one product with what goes with it, and pay as this person pays; the same form twice is one order."""
    slug, cycle = wants
    label = f"{form}.people.test"
    draw = world.chance.of("cart", form)
    with world.work.write(person.actor) as uow:
        cart, _ = carts.open_cart(uow, person.user_id)
        is_server = slug.startswith("vps")
        params = {"hostname": label} if is_server else {}
        choices = _choices(draw) if is_server else {}
        line = carts.add_line(uow, cart, slug, cycle, choices, params, label)
        if slug.startswith(("vps", "web")) and draw.random() < ADDS_COPIES:
            carts.add_line(
                uow, cart, "offsite-copies", cycle, {}, {}, f"copies of {label}", parent_id=line.id
            )
        if code:
            carts.apply_promotion(uow, cart, code, person.client_id)
        order = orders.place(uow, cart, person.client_id or -1, f"sim-{form}")
        invoice_id = order.invoice_id
    if invoice_id is not None and person.pays_by != "never":
        wait = timedelta(minutes=3) if person.pays_by == "card" else timedelta(days=person.lateness)
        world.later(wait, "pay the first invoice", partial(paying.by_habit, world, person, invoice_id))


def _choices(draw: random.Random) -> dict[str, str]:
    """Options of a server: disk, addresses, copies and how long they are kept."""
    copies = draw.choice(("no", "no", "yes"))
    kept = {"kept": draw.choice(("week", "month"))} if copies == "yes" else {}
    return {
        "disk": draw.choice(("included", "included", "double")),
        "ipv4": draw.choice(("0", "0", "0", "2")),
        "copies": copies,
    } | kept


BEHAVIOUR = Behaviour("order", begin=_arrive)
