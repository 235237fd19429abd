"""Reads of accounts: facts for other rooms, the actor behind a session, lists for the account pages."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, select
from sqlalchemy.orm import joinedload

from ezcore.accounts import permissions
from ezcore.accounts.factors.queries import is_on
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
    """A live session and who is behind it.

    `must_set_up`: staff who owe a second factor, and may do nothing else. `clients`: ids and names of those that the
    user may act for. `looks_at`: the name of the client that a member of staff looks at, reading only. `shortcuts`: do
    single keys do something in the admin area?
    """

    token_hash: str
    public_id: str
    csrf: str
    seen_at: datetime
    actor: Actor
    verified: bool
    must_set_up: bool = False
    clients: tuple[tuple[int, str], ...] = ()
    looks_at: str = ""
    language: str | None = None
    shortcuts: bool = True


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
    # With the user and the role in one question: every page begins with it.
    found = uow.session.execute(
        select(LoginSession, User)
        .join(User, User.id == LoginSession.user_id)
        .where(LoginSession.token_hash == digest(token))
        .options(joinedload(User.staff_role))
    ).first()
    if found is None:
        return None
    row, user = found
    if row.ended_at is not None or row.expires_at <= uow.now() or user.disabled_at is not None:
        return None
    owes, theirs = _owes_factor(uow, user), [] if user.staff_role_id else memberships_of(uow, user.id)
    seen = uow.session.get(Client, row.looks_at) if row.looks_at and not owes else None
    actor = actor_for(uow, user, ip=ip) if user.staff_role_id else _chosen(user, theirs, row.client_id, ip)
    looks = looking(uow, actor, seen) if seen is not None else None
    return SessionFacts(
        token_hash=row.token_hash,
        public_id=row.public_id,
        csrf=row.csrf,
        seen_at=row.seen_at,
        actor=replace(actor, permissions=frozenset()) if owes else looks or actor,
        verified=user.verified_at is not None,
        must_set_up=owes,
        clients=tuple((client.id, client.company or client.name) for _, client in theirs),
        looks_at=(seen.company or seen.name) if seen is not None and looks is not None else "",
        language=_language(uow, actor),
        shortcuts=user.shortcuts,
    )


def _language(uow: UnitOfWork, actor: Actor) -> str | None:
    """The language of the client that a user acts for, which was just read with their permissions."""
    client = uow.session.get(Client, actor.client_id) if actor.client_id is not None else None
    return client.language if client is not None else None


def looking(uow: UnitOfWork, actor: Actor, seen: Client) -> Actor | None:
    """A member of staff who looks at a client's pages: what an owner sees, on whose behalf; None without the right.

    Whoever answers requests lets this actor read only.
    """
    if actor.kind != "staff" or not actor.may("clients.manage"):
        return None
    owner = select(Membership.user_id).where(Membership.client_id == seen.id).order_by(Membership.id).limit(1)
    return replace(
        actor, kind="client", client_id=seen.id, permissions=permissions.LOOKING,
        behalf_of=uow.session.scalars(owner).first(),
    )  # fmt: skip


def _owes_factor(uow: UnitOfWork, user: User) -> bool:
    """A member of staff without a second factor, in a shop that asks it of them."""
    asked = user.staff_role_id is not None and uow.settings.security.staff_two_factor == "required"
    return asked and not is_on(uow, user.id)


def actor_for(uow: UnitOfWork, user: User, *, ip: str | None = None) -> Actor:
    """What a user may do now: a member of staff by role, anybody else by their first membership."""
    name = user.name or user.email
    if user.staff_role is not None:
        allowed = frozenset(user.staff_role.permissions) & permissions.STAFF
        return Actor("staff", user_id=user.id, permissions=allowed, name=name, ip=ip)
    return _chosen(user, memberships_of(uow, user.id), None, ip)


def memberships_of(uow: UnitOfWork, user_id: int) -> list[tuple[Membership, Client]]:
    """For whom a user may act, the first one first."""
    query = select(Membership, Client).join(Client, Client.id == Membership.client_id)
    rows = uow.session.execute(query.where(Membership.user_id == user_id).order_by(Membership.id))
    return [(member, client) for member, client in rows]


def _chosen(
    user: User, theirs: Sequence[tuple[Membership, Client]], client_id: int | None, ip: str | None
) -> Actor:
    """Acts for the chosen client while they are a member of it, else for the first one."""
    name = user.name or user.email
    if not theirs:
        return Actor("client", user_id=user.id, name=name, ip=ip)
    member, client = next((pair for pair in theirs if pair[1].id == client_id), theirs[0])
    verified = user.verified_at is not None
    allowed = permissions.of_member(member.role, member.grants, verified=verified, status=client.status)
    return Actor("client", user_id=user.id, client_id=client.id, permissions=allowed, name=name, ip=ip)


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
