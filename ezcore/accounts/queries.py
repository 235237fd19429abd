"""Reads of accounts: facts for other rooms, the actor behind a session, lists for the account pages."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, select

from ezcore.accounts import permissions
from ezcore.accounts.models import Client, ClientNote, LoginSession, Membership, User, printed_address
from ezcore.accounts.rules import digest
from ezcore.db.bulk import among
from ezcore.kernel.actor import Actor
from ezcore.kernel.errors import NotAllowed, NotFound
from ezcore.plugin_api.values import ClientFacts
from ezcore.work import UnitOfWork

_PARTY: Final = (
    Client.id, Client.name, Client.company, Client.email, Client.country, Client.line1, Client.line2, Client.city,
    Client.region, Client.postcode, Client.language, Client.tax_number, Client.tax_number_state, Client.tax_exempt,
    Client.tax_exempt_reason,
)  # fmt: skip


@dataclass(frozen=True)
class SessionFacts:
    """A live session and who is behind it."""

    token_hash: str
    public_id: str
    csrf: str
    seen_at: datetime
    actor: Actor
    verified: bool


def client(uow: UnitOfWork, client_id: int) -> Client:
    """One client. Raises: NotFound."""
    found = uow.session.get(Client, client_id)
    if found is None:
        raise NotFound("There is no such client")
    return found


def client_facts(uow: UnitOfWork, client_id: int) -> ClientFacts:
    """What gateways and modules may know of a client. Raises: NotFound."""
    return facts_of(client(uow, client_id))


def parties(uow: UnitOfWork, client_ids: Collection[int]) -> Sequence[Row[*tuple[Any, ...]]]:
    """What documents and taxes need to know of many clients, in one query; the rows are as good as clients for both."""
    return uow.session.execute(select(*_PARTY).where(among(uow.session, Client.id, client_ids))).all()


def facts_of(row: Client | Row[*tuple[Any, ...]]) -> ClientFacts:
    """As `client_facts`, from what was read already."""
    return ClientFacts(
        id=row.id,
        name=row.company or row.name,
        email=row.email,
        country=row.country,
        language=row.language,
    )


def billing_address(uow: UnitOfWork, client_id: int) -> dict[str, str]:
    """Who an invoice is made out to, as it is copied into it. Raises: NotFound."""
    return address_of(client(uow, client_id))


def address_of(row: Client | Row[*tuple[Any, ...]]) -> dict[str, str]:
    """As `billing_address`, from what was read already."""
    return {
        "name": row.name,
        "company": row.company,
        "address": "\n".join(printed_address(row)),
        "line1": row.line1,
        "line2": row.line2,
        "city": row.city,
        "region": row.region,
        "postcode": row.postcode,
        "country": row.country,
        "email": row.email,
        "tax_number": row.tax_number,
    }


def client_of(uow: UnitOfWork, actor: Actor) -> Client:
    """The client a logged-in person acts for. Raises: NotAllowed when there is none."""
    if actor.client_id is None:
        raise NotAllowed("You act for no client", permission="client.read")
    return client(uow, actor.client_id)


def user_of(uow: UnitOfWork, actor: Actor) -> User:
    """The login of the actor. Raises: NotAllowed for a visitor."""
    found = uow.session.get(User, actor.user_id) if actor.user_id is not None else None
    if found is None:
        raise NotAllowed("Please log in")
    return found


def user_by_email(uow: UnitOfWork, email: str) -> User | None:
    """The user with this address, however it is typed."""
    if not email.isascii() or not email.isprintable():
        return None  # no address of ours; a database may not even take such text
    return uow.session.scalars(select(User).where(User.email == email.strip(" ").lower())).first()


def client_id_of(uow: UnitOfWork, user_id: int) -> int | None:
    """The client that a user acts for after login."""
    return uow.session.scalars(
        select(Membership.client_id).where(Membership.user_id == user_id).order_by(Membership.id).limit(1)
    ).first()


def session_of(uow: UnitOfWork, token: str, *, ip: str | None = None) -> SessionFacts | None:
    """The live session that a cookie's token opens, or None."""
    row = uow.session.get(LoginSession, digest(token))
    if row is None or row.ended_at is not None or row.expires_at <= uow.now():
        return None
    user = uow.session.get_one(User, row.user_id)
    if user.disabled_at is not None:
        return None
    return SessionFacts(
        token_hash=row.token_hash,
        public_id=row.public_id,
        csrf=row.csrf,
        seen_at=row.seen_at,
        actor=actor_for(uow, user, ip=ip),
        verified=user.verified_at is not None,
    )


def actor_for(uow: UnitOfWork, user: User, *, ip: str | None = None) -> Actor:
    """What a user may do now: a member of staff by role, anybody else by their first membership."""
    name = user.name or user.email
    if user.staff_role is not None:
        allowed = frozenset(user.staff_role.permissions) & permissions.STAFF
        return Actor("staff", user_id=user.id, permissions=allowed, name=name, ip=ip)
    member = uow.session.scalars(
        select(Membership).where(Membership.user_id == user.id).order_by(Membership.id).limit(1)
    ).first()
    if member is None:
        return Actor("client", user_id=user.id, name=name, ip=ip)
    status = uow.session.get_one(Client, member.client_id).status
    allowed = permissions.of_member(member.role, verified=user.verified_at is not None, status=status)
    return Actor("client", user_id=user.id, client_id=member.client_id, permissions=allowed, name=name, ip=ip)


def sessions_of(uow: UnitOfWork, user_id: int) -> Sequence[LoginSession]:
    """The live sessions of a user, last seen first."""
    live = (
        LoginSession.user_id == user_id,
        LoginSession.ended_at.is_(None),
        LoginSession.expires_at > uow.now(),
    )
    return uow.session.scalars(select(LoginSession).where(*live).order_by(LoginSession.seen_at.desc())).all()


def notes_of(uow: UnitOfWork, client_id: int, limit: int = 50) -> Sequence[ClientNote]:
    """What staff wrote about a client: sticky notes first, then the newest."""
    standing = (ClientNote.client_id == client_id, ClientNote.removed_at.is_(None))
    order = (ClientNote.sticky.desc(), ClientNote.id.desc())
    return uow.session.scalars(select(ClientNote).where(*standing).order_by(*order).limit(limit)).all()


def members_of(uow: UnitOfWork, client_id: int) -> list[tuple[Membership, User]]:
    """Who may act for a client, with what role; the first one first."""
    query = select(Membership, User).join(User, User.id == Membership.user_id)
    rows = uow.session.execute(query.where(Membership.client_id == client_id).order_by(Membership.id))
    return [(member, user) for member, user in rows]
