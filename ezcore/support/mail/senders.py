"""Who may write what by mail: who an address is, and whether it belongs to a ticket. The From of a mail is no proof."""

from __future__ import annotations

from sqlalchemy import select

from ezcore.accounts import permissions
from ezcore.accounts import queries as accounts
from ezcore.accounts.models import Client, Membership, User
from ezcore.kernel.actor import Actor
from ezcore.messaging.copies.queries import contacts_of
from ezcore.support.tickets import guests
from ezcore.support.tickets.models import Ticket
from ezcore.support.tickets.operations import CLIENT
from ezcore.support.tickets.watching import copies
from ezcore.work import UnitOfWork

ALLOWED = frozenset({CLIENT})
"""What a mail may do: write at the desk. Nothing else of an account is ever changed by mail."""


def client_by(uow: UnitOfWork, address: str) -> Actor | None:
    """The client whose login has this confirmed address, for the first client they may write for."""
    user = accounts.user_by_email(uow, address)
    if user is None or user.verified_at is None or user.disabled_at is not None or is_staff(user):
        return None
    for member, client in accounts.memberships_of(uow, user.id):
        if _may_write(member, client):
            return Actor("client", user.id, client.id, ALLOWED, user.name or user.email)
    return None


def author_on(uow: UnitOfWork, ticket: Ticket, address: str, name: str, *, proven: bool) -> Actor | None:
    """As whom this address writes in a ticket; None for one that is not on it.

    Confirmed addresses of the client's people, and those to which staff send copies. The client's address for bills and
    its contacts were never confirmed: they count when the mail answers one of ours, which came to that address.
    """
    if ticket.client_id is None:
        return guests.writer(ticket) if address == ticket.guest_email else _copied(uow, ticket, address, name)
    people = (
        select(Membership, Client, User)
        .join(Client, Client.id == Membership.client_id)
        .join(User, User.id == Membership.user_id)
        .where(Membership.client_id == ticket.client_id, User.email == address)
    )
    for member, client, user in uow.session.execute(people):
        if user.verified_at is not None and user.disabled_at is None and _may_write(member, client):
            return Actor("client", user.id, client.id, ALLOWED, user.name or user.email)
    if proven and address in _told(uow, ticket.client_id):
        return Actor("client", client_id=ticket.client_id, permissions=ALLOWED, name=name or address)
    return _copied(uow, ticket, address, name)


def is_staff(user: User) -> bool:
    """A member of staff: they write at the desk, where it is known who they are."""
    return user.staff_role_id is not None


def _copied(uow: UnitOfWork, ticket: Ticket, address: str, name: str) -> Actor | None:
    if address not in copies(uow, ticket):
        return None
    known = f"{name} ({address})" if name else address
    if ticket.client_id is None:
        return Actor("visitor", permissions=guests.writer(ticket).permissions, name=known)
    return Actor("client", client_id=ticket.client_id, permissions=ALLOWED, name=known)


def _told(uow: UnitOfWork, client_id: int) -> set[str]:
    contacts = {one.email for one in contacts_of(uow, client_id) if "all" in one.kinds}
    return {accounts.client_facts(uow, client_id).email.lower()} | contacts


def _may_write(member: Membership, client: Client) -> bool:
    allowed = permissions.of_member(member.role, member.grants, verified=True, status=client.status)
    return CLIENT in allowed
