"""The demo's websites and Linux support are worked on by people: their request forms, checklists and quotas."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import select

from ezcore.accounts import queries as accounts
from ezcore.accounts.models import User
from ezcore.app import Ezcore
from ezcore.billing.invoices.models import Invoice
from ezcore.billing.transactions.operations import record_manual
from ezcore.catalog.products.models import Product
from ezcore.kernel.actor import Actor
from ezcore.kernel.errors import NotFound
from ezcore.orders.carts import operations as carts
from ezcore.orders.orders import operations as orders
from ezcore.services.manual import operations as manual
from ezcore.services.manual import queries
from ezcore.services.manual.queries import MODULE
from ezcore.services.manual.rules import ManualProduct
from ezcore.simulation.history import BANK
from ezcore.simulation.logins import CLIENT, STAFF
from ezcore.worker import drain

_WEBSITE: Final[dict[str, Any]] = {
    "kind": "project",
    "questions": [
        "Company name | text | required",
        "What do you do? | textarea | required | Two or three sentences are enough",
        "Style | choice(Plain, Colourful, Surprise me) | required",
        "Sites that you like | textarea | optional | One address per line",
    ],
    "checklist": [
        "Texts are agreed",
        "Draft is shown",
        "Corrections are in",
        "Online under the client's name",
    ],
    "hourly": "60.00",
}
_SUPPORT: Final[dict[str, Any]] = {
    "kind": "requests",
    "questions": ["Which server? | text | required", "What is to be done? | textarea | required"],
    "checklist": ["Backup is fresh", "Work is done", "Checked after a restart"],
    "hourly": "90.00",
}
_WORKED_ON: Final[dict[str, dict[str, Any]]] = {
    "site-one-page": _WEBSITE,
    "site-business": _WEBSITE,
    "support-basic": {**_SUPPORT, "requests_per_month": 2},
    "support-plus": {**_SUPPORT, "requests_per_month": 8},
}
_WISHES: Final = (
    ("The shop is slow in the evening", "Pages take six seconds between eight and ten. It was fast before."),
    ("Move the database", "Please move it to the new disk, one night of this week."),
)


def seed_work(shop: Ezcore) -> None:
    """From now on these products are `manual`; services that were sold before stay as they were sold."""
    with shop.work.write() as uow:
        for product in uow.session.scalars(select(Product).where(Product.slug.in_(_WORKED_ON))):
            product.module = MODULE
            product.settings = ManualProduct.model_validate(_WORKED_ON[product.slug]).model_dump(mode="json")


def seed_requests(shop: Ezcore) -> None:
    """The demo's client buys Linux support and asks for two things: one is under way, one waits for their answer."""
    client, staff = _actor(shop, CLIENT.email), _actor(shop, STAFF.email)
    if client.user_id is None or client.client_id is None:
        raise NotFound("the demo has no client of its own")
    with shop.work.write(client) as uow:
        cart, _ = carts.open_cart(uow, client.user_id)
        carts.add_line(uow, cart, "support-plus", "1 month", {}, {}, "Care for okafor.test")
        orders.place(uow, cart, client.client_id, uow.ids.key("form"))
    with shop.work.write() as uow:
        newest = select(Invoice).where(Invoice.client_id == client.client_id).order_by(Invoice.id.desc())
        invoice = uow.session.scalars(newest.limit(1)).one()
        record_manual(uow, invoice, BANK, invoice.balance_due, f"EE{uow.today():%y%m%d}{invoice.id:06d}")
    drain(shop)
    with shop.work.write(client) as uow:
        (plan,) = queries.plans_of(uow, client.client_id)
        slow, moving = (
            manual.request(uow, plan, title, {"q1": "okafor.test", "q2": words}).id
            for title, words in _WISHES
        )
    with shop.work.write(staff) as uow:
        work = queries.by_id(uow, slow)
        manual.start(uow, work)
        manual.tick(uow, work, queries.items_of(uow, slow)[0].id, done=True)
        manual.note_time(uow, work, 25, "Looked at the slow queries", bill=False)
        manual.note_time(uow, work, 40, "Two indexes, and more memory for the database", bill=True)
        asked = queries.by_id(uow, moving)
        manual.start(uow, asked)
        manual.ask(
            uow, asked, "Which of the two databases moves first, and may it stand still for ten minutes?"
        )


def _actor(shop: Ezcore, email: str) -> Actor:
    with shop.work.read() as uow:
        return accounts.actor_for(uow, uow.session.scalars(select(User).where(User.email == email)).one())
