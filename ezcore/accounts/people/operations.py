"""Verbs of the people of a client: invite, accept, change, remove. Somebody always may do everything."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from sqlalchemy import func, select, update

from ezcore.accounts import passwords, queries, throttle
from ezcore.accounts.errors import LinkNotGood
from ezcore.accounts.models import Client, LoginSession, Membership, MembershipRole, User
from ezcore.accounts.operations.signup import create_user
from ezcore.accounts.people.models import ClientInvitation
from ezcore.accounts.people.queries import invitation_behind
from ezcore.accounts.permissions import EVERYTHING, GRANTS
from ezcore.accounts.rules import INVITED_FOR, digest, normal_email
from ezcore.audit import operations as audit
from ezcore.db.once import insert_once
from ezcore.kernel.actor import Actor
from ezcore.kernel.errors import InvalidInput, NotFound, Refused
from ezcore.messaging.operations import queue_mail
from ezcore.messaging.rules import Value, one_line
from ezcore.work import UnitOfWork, Work

MANAGE: Final = "client.people"
INVITATIONS_A_DAY: Final = 20
_OPEN: Final = ClientInvitation.ended_at.is_(None)


def invite(uow: UnitOfWork, email: str, wanted: Collection[str]) -> ClientInvitation:
    """Mail somebody a link to act for the actor's client. Asking the same address anew ends the older link.

    It is the same whether the address has a login or not. Raises: NotAllowed without ``client.people``; InvalidInput
    naming `email` (a member already) or `grants`; Refused after too many in a day.
    """
    uow.actor.require(MANAGE)
    client, grants, address = queries.client_of(uow, uow.actor), _given(wanted), normal_email(email)
    if any(user.email == address for _, user in queries.members_of(uow, client.id)):
        raise InvalidInput(f"{address} acts for you already", field="email")
    if throttle.hit(uow, f"invite:{client.id}", limit=INVITATIONS_A_DAY, seconds=86_400):
        raise Refused("That is enough invitations for one day; go on tomorrow")
    _end(uow, ClientInvitation.client_id == client.id, ClientInvitation.email == address)
    token, now, inviter = uow.ids.token(), uow.now(), queries.user_of(uow, uow.actor)
    made = ClientInvitation(
        token_hash=digest(token), client_id=client.id, email=address, grants=grants, invited_by=inviter.id,
        created_at=now, expires_at=now + INVITED_FOR,
    )  # fmt: skip
    uow.session.add(made)
    uow.session.flush()
    values: dict[str, Value] = {
        "inviter": inviter.name, "client": client.company or client.name, "expires": made.expires_at,
        "link": f"{uow.settings.shop.site_url}/accounts/join/{token}/",
    }  # fmt: skip
    queue_mail(uow, "client_invitation", address, values, key=f"client_invitation:{made.id}")
    audit.record(
        uow, "people.invite", "client_invitation", made.id, client_id=client.id, after={"grants": grants}
    )
    return made


def withdraw(uow: UnitOfWork, invitation_id: int) -> None:
    """Make the link of an invitation useless. Raises: NotAllowed; NotFound, also for another client's."""
    uow.actor.require(MANAGE)
    if not _end(uow, ClientInvitation.id == invitation_id, ClientInvitation.client_id == uow.actor.client_id):
        raise NotFound("There is no such open invitation")
    audit.record(
        uow, "people.withdraw", "client_invitation", invitation_id, client_id=uow.actor.client_id
    )  # fmt: skip


def accept(uow: UnitOfWork, token: str) -> Membership:
    """The logged-in user joins. Raises: LinkNotGood, also for a link that was mailed to somebody else; NotAllowed."""
    user = queries.user_of(uow, uow.actor)
    found = invitation_behind(uow, token)
    if found is None or found[0].email != user.email:
        raise LinkNotGood
    return _join(uow, found[0], user)


def accept_anew(work: Work, actor: Actor, token: str, name: str, password: str) -> int:
    """Join with a login of one's own that did not exist before; gives the id of the user.

    Raises: LinkNotGood, also when the address has a login; WeakPassword, and the link stays good; InvalidInput.
    """
    known = one_line(name)[:80]
    if not known:
        raise InvalidInput("Enter a name", field="name")
    with work.read(actor) as look:
        found = invitation_behind(look, token)
        if found is None or queries.user_by_email(look, found[0].email) is not None:
            raise LinkNotGood
        about = (found[0].email, known, look.settings.shop.name)
    passwords.check_strength(password, about=about)
    hashed = passwords.hash_password(password)
    with work.write(actor) as uow:
        again = invitation_behind(uow, token)
        user = create_user(uow, again[0].email, known, hashed) if again else None
        if again is None or user is None:
            raise LinkNotGood
        user.verified_at = uow.now()
        _join(uow, again[0], user)
        return user.id


def change(uow: UnitOfWork, membership_id: int, wanted: Collection[str]) -> None:
    """What a person may do, from their next click.

    Raises: NotAllowed, NotFound, InvalidInput; Refused for the last owner.
    """
    found, grants = _managed(uow, membership_id), _given(wanted)
    is_owner = EVERYTHING in grants
    if not is_owner:
        _keep_an_owner(uow, found)
    before = {"role": found.role, "grants": list(found.grants)}
    found.role = MembershipRole.OWNER if is_owner else MembershipRole.CUSTOM
    found.grants = [] if is_owner else grants
    uow.session.flush()
    after = {"role": str(found.role), "grants": list(found.grants)}
    audit.record(
        uow, "people.change", "user", found.user_id, client_id=found.client_id, before=before, after=after
    )


def remove(uow: UnitOfWork, membership_id: int) -> None:
    """A person acts for the client no longer; the login stays theirs. Raises: as `change`."""
    found = _managed(uow, membership_id)
    _keep_an_owner(uow, found)
    uow.session.delete(found)
    uow.session.flush()
    audit.record(uow, "people.remove", "user", found.user_id, client_id=found.client_id)


def switch(uow: UnitOfWork, token_hash: str, client_id: int) -> None:
    """This session acts for another client of its user from now on. Raises: NotAllowed; NotFound for one not theirs."""
    user = queries.user_of(uow, uow.actor)
    mine = (Membership.user_id == user.id, Membership.client_id == client_id)
    if uow.session.scalars(select(Membership.id).where(*mine)).first() is None:
        raise NotFound("There is no such client")
    session = (LoginSession.token_hash == token_hash, LoginSession.user_id == user.id)
    uow.session.execute(update(LoginSession).where(*session).values(client_id=client_id))
    audit.record(uow, "user.switch_client", "user", user.id, client_id=client_id)


def _join(uow: UnitOfWork, found: ClientInvitation, user: User) -> Membership:
    if user.staff_role_id is not None or user.disabled_at is not None or not _still_meant(uow, found):
        raise LinkNotGood
    if not _end(uow, ClientInvitation.id == found.id):
        raise LinkNotGood
    is_owner = EVERYTHING in found.grants
    facts = {
        "user_id": user.id,
        "client_id": found.client_id,
        "role": MembershipRole.OWNER if is_owner else MembershipRole.CUSTOM,
        "grants": [] if is_owner else list(found.grants),
    }
    made = insert_once(uow.session, Membership, facts)
    if made is None:
        raise LinkNotGood
    after = {"role": str(facts["role"]), "grants": facts["grants"], "invitation": found.id}
    audit.record(uow, "people.join", "user", user.id, client_id=found.client_id, after=after)
    return uow.session.get_one(Membership, made)


def _still_meant(uow: UnitOfWork, found: ClientInvitation) -> bool:
    """Whoever asked is still an owner of this client and may log in."""
    asks = uow.session.get_one(User, found.invited_by)
    own = (
        Membership.user_id == asks.id,
        Membership.client_id == found.client_id,
        Membership.role == MembershipRole.OWNER,
    )
    return (
        asks.disabled_at is None
        and uow.session.scalars(select(Membership.id).where(*own)).first() is not None
    )


def _managed(uow: UnitOfWork, membership_id: int) -> Membership:
    uow.actor.require(MANAGE)
    found = uow.session.get(Membership, membership_id)
    if found is None or found.client_id != uow.actor.client_id:
        raise NotFound("There is no such person")
    return found


def _keep_an_owner(uow: UnitOfWork, leaving: Membership) -> None:
    if leaving.role != MembershipRole.OWNER:
        return
    # Two owners who take everything from each other at once must meet: both lock the client first.
    uow.session.execute(select(Client.id).where(Client.id == leaving.client_id).with_for_update())
    others = (
        Membership.client_id == leaving.client_id,
        Membership.role == MembershipRole.OWNER,
        Membership.id != leaving.id,
        User.disabled_at.is_(None),
    )
    left = (
        select(func.count()).select_from(Membership).join(User, User.id == Membership.user_id).where(*others)
    )
    if not uow.session.scalar(left):
        raise Refused("This is the last owner: somebody must be able to do everything")


def _given(wanted: Collection[str]) -> list[str]:
    unknown = sorted(set(wanted) - set(GRANTS) - {EVERYTHING})
    if unknown:
        raise InvalidInput("Choose from the list", field="grants")
    if not wanted:
        raise InvalidInput("Tick at least one", field="grants")
    return [EVERYTHING] if EVERYTHING in wanted else sorted(set(wanted))


def _end(uow: UnitOfWork, *which: object) -> bool:
    ended = uow.session.execute(
        update(ClientInvitation)
        .where(_OPEN, *which)  # type: ignore[arg-type]  # conditions on ClientInvitation
        .values(ended_at=uow.now())
        .returning(ClientInvitation.id)
    )
    return bool(ended.all())


__all__ = ["accept", "accept_anew", "change", "invite", "remove", "switch", "withdraw"]
