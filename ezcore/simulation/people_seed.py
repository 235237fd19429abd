"""Gives the demo's client a second person, who pays and asks, and a contact with copies of invoices."""

from __future__ import annotations

from sqlalchemy import select

from ezcore.accounts import passwords
from ezcore.accounts.models import Membership, MembershipRole, User
from ezcore.accounts.operations.signup import create_user
from ezcore.accounts.queries import actor_for
from ezcore.app import Ezcore
from ezcore.messaging.copies import operations as copies
from ezcore.simulation.logins import CLIENT, HELPER


def seed_people(shop: Ezcore) -> None:
    """Once: nothing happens where the second person is there already, or the client is not."""
    hashed = passwords.hash_password(HELPER.password)
    with shop.work.write() as uow:
        owner = uow.session.scalars(select(User).where(User.email == CLIENT.email)).first()
        own = actor_for(uow, owner) if owner is not None else None
        if own is None or own.client_id is None:
            return
        helper = create_user(uow, HELPER.email, "Tomas Rell", hashed)
        if helper is None:
            return
        helper.verified_at = uow.now()
        uow.session.add(
            Membership(
                user_id=helper.id,
                client_id=own.client_id,
                role=MembershipRole.CUSTOM,
                grants=["billing", "support"],
            )
        )
    with shop.work.write(own) as uow:
        copies.add(uow, "Books & Sons", "books@example.test", ["invoices"])
