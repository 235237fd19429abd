"""Staff are invited by mail: a link good once, for three days, and only while who asked may still give the role."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select, update

from ezcore.accounts import passwords
from ezcore.accounts.errors import LinkNotGood
from ezcore.accounts.models import StaffInvitation, User
from ezcore.accounts.operations.signup import create_user
from ezcore.accounts.operations.staff import role_to_give
from ezcore.accounts.queries import actor_for, user_by_email
from ezcore.accounts.rules import INVITED_FOR, digest, normal_email
from ezcore.audit import operations as audit
from ezcore.kernel.actor import Actor
from ezcore.kernel.errors import InvalidInput, NotFound
from ezcore.messaging.operations import queue_mail
from ezcore.messaging.rules import Value, one_line
from ezcore.work import UnitOfWork, Work

_OPEN: Final = StaffInvitation.ended_at.is_(None)


def invite(uow: UnitOfWork, email: str, name: str, role: str) -> StaffInvitation:
    """Mail somebody a link to join the staff with this role. Asking the same address anew ends the older link.

    Raises: NotAllowed without ``accounts.manage`` or when the role may do more than the actor; InvalidInput naming
    `email`, `name` or `role`.
    """
    uow.actor.require("accounts.manage")
    chosen, address, known = role_to_give(uow, role), normal_email(email), one_line(name).strip()[:80]
    if not known:
        raise InvalidInput("Enter a name", field="name")
    if user_by_email(uow, address) is not None:
        raise InvalidInput(f"{address} has a login already", field="email")
    token, now = uow.ids.token(), uow.now()
    _end(uow, StaffInvitation.email == address)
    made = StaffInvitation(
        token_hash=digest(token), email=address, name=known, role_id=chosen.id, invited_by=uow.actor.user_id,
        created_at=now, expires_at=now + INVITED_FOR,
    )  # fmt: skip
    uow.session.add(made)
    uow.session.flush()
    values: dict[str, Value] = {
        "name": known, "inviter": uow.actor.name, "role": chosen.name, "expires": made.expires_at,
        "link": f"{uow.settings.shop.site_url}/accounts/invitation/{token}/",
    }  # fmt: skip
    queue_mail(uow, "staff_invitation", address, values, key=f"invitation:{made.id}")
    audit.record(uow, "staff.invite", "staff_invitation", made.id, after={"role": chosen.name})
    return made


def withdraw(uow: UnitOfWork, invitation_id: int) -> None:
    """Make the link of an invitation useless. Raises: NotAllowed without ``accounts.manage``; NotFound."""
    uow.actor.require("accounts.manage")
    if not _end(uow, StaffInvitation.id == invitation_id):
        raise NotFound("There is no such open invitation")
    audit.record(uow, "staff.withdraw", "staff_invitation", invitation_id)


def invitation_of(uow: UnitOfWork, token: str) -> StaffInvitation | None:
    """The invitation that a link would accept now; changes nothing."""
    mine = (StaffInvitation.token_hash == digest(token), _OPEN, StaffInvitation.expires_at > uow.now())
    return uow.session.scalars(select(StaffInvitation).where(*mine)).first()


def accept(work: Work, actor: Actor, token: str, password: str) -> None:
    """Join the staff with a password of one's own.

    Raises: LinkNotGood, also when who invited may not give the role any more; WeakPassword, and the link stays good.
    """
    with work.read(actor) as look:
        found = invitation_of(look, token)
        if found is None:
            raise LinkNotGood
        about = (found.email, found.name, look.settings.shop.name)
    passwords.check_strength(password, about=about, shortest=passwords.SHORTEST_FOR_STAFF)
    hashed = passwords.hash_password(password)
    with work.write(actor) as uow:
        _join(uow, token, hashed)


def _join(uow: UnitOfWork, token: str, hashed: str) -> None:
    found = invitation_of(uow, token)
    if found is None or not _end(uow, StaffInvitation.id == found.id) or not _still_meant(uow, found):
        raise LinkNotGood
    user = create_user(uow, found.email, found.name, hashed)
    if user is None:
        raise LinkNotGood
    user.verified_at, user.staff_role = uow.now(), found.role
    uow.session.flush()
    after = {"role": found.role.name, "invitation": found.id}
    audit.record(uow, "staff.create", "user", user.id, after=after)


def _still_meant(uow: UnitOfWork, found: StaffInvitation) -> bool:
    """Whoever asked still works here and may still give what the role gives by now."""
    if found.invited_by is None:
        return True
    inviter = uow.session.get_one(User, found.invited_by)
    asks = actor_for(uow, inviter)
    needed = {"accounts.manage", *(str(name) for name in found.role.permissions)}
    return inviter.disabled_at is None and all(asks.may(name) for name in needed)


def _end(uow: UnitOfWork, *which: object) -> bool:
    ended = uow.session.execute(
        update(StaffInvitation)
        .where(_OPEN, *which)  # type: ignore[arg-type]  # conditions on StaffInvitation
        .values(ended_at=uow.now())
        .returning(StaffInvitation.id)
    )
    return bool(ended.all())
