"""Staff: made with a named role; nobody can give what they do not have."""

from __future__ import annotations

from sqlalchemy import select

from ezcore.accounts import passwords
from ezcore.accounts.models import StaffRole, User
from ezcore.accounts.operations.links import end_tokens
from ezcore.accounts.operations.roles import keep_an_owner, may_give
from ezcore.accounts.operations.sessions import end_sessions
from ezcore.accounts.operations.signup import create_user
from ezcore.accounts.permissions import STAFF_ROLES
from ezcore.accounts.rules import normal_email
from ezcore.audit import operations as audit
from ezcore.kernel.errors import InvalidInput, NotFound, Refused
from ezcore.messaging.rules import one_line
from ezcore.work import UnitOfWork


def ensure_roles(uow: UnitOfWork) -> dict[str, StaffRole]:
    """The roles every shop begins with; those that are there keep their permissions."""
    roles = {role.name: role for role in uow.session.scalars(select(StaffRole))}
    for name, allowed in STAFF_ROLES.items():
        if name not in roles:
            roles[name] = StaffRole(name=name, permissions=sorted(allowed))
            uow.session.add(roles[name])
    uow.session.flush()
    return roles


def make_staff(uow: UnitOfWork, email: str, name: str, password: str, role: str) -> User:
    """A new member of staff who can log in at once.

    Raises: NotAllowed without ``accounts.manage`` or when the role may do more than the actor;
    InvalidInput for an unknown role or a known address; WeakPassword.
    """
    uow.actor.require("accounts.manage")
    chosen = role_to_give(uow, role)
    address = normal_email(email)
    about = (address, name, uow.settings.shop.name)
    passwords.check_strength(password, about=about, shortest=passwords.SHORTEST_FOR_STAFF)
    user = create_user(uow, address, one_line(name)[:80], passwords.hash_password(password))
    if user is None:
        raise InvalidInput(f"{address} has a login already", field="email")
    user.verified_at, user.staff_role = uow.now(), chosen
    uow.session.flush()
    audit.record(uow, "staff.create", "user", user.id, after={"role": chosen.name})
    return user


def disable_user(uow: UnitOfWork, user_id: int, reason: str) -> None:
    """Shut a login; every session and link of it is over.

    Raises: NotAllowed, NotFound; Refused for the actor's own login and for the last owner.
    """
    user = _managed(uow, user_id)
    _somebody_else(uow, user)
    keep_an_owner(uow, user)
    user.disabled_at = user.disabled_at or uow.now()
    end_sessions(uow, user.id)
    end_tokens(uow, user.id)
    audit.record(uow, "user.disable", "user", user.id, reason=reason)


def enable_user(uow: UnitOfWork, user_id: int, reason: str) -> None:
    """Open a login again. Raises: NotAllowed, NotFound."""
    user = _managed(uow, user_id)
    user.disabled_at = None
    audit.record(uow, "user.enable", "user", user.id, reason=reason)


def change_role(uow: UnitOfWork, user_id: int, role: str) -> None:
    """Give a member of staff another role; they log in anew.

    Raises: NotAllowed, NotFound, InvalidInput; Refused for oneself and for the last owner.
    """
    user = _managed(uow, user_id)
    if user.staff_role is None:
        raise InvalidInput("Only staff have a role", field="role")
    _somebody_else(uow, user)
    if user.staff_role.name != role:
        keep_an_owner(uow, user)
    before, user.staff_role = user.staff_role.name, role_to_give(uow, role)
    uow.session.flush()
    end_sessions(uow, user.id)
    audit.record(uow, "staff.change_role", "user", user.id, before={"role": before}, after={"role": role})


def _managed(uow: UnitOfWork, user_id: int) -> User:
    uow.actor.require("accounts.manage")
    user = uow.session.get(User, user_id)
    if user is None:
        raise NotFound("There is no such user")
    if user.staff_role is not None:
        may_give(uow, user.staff_role)
    return user


def _somebody_else(uow: UnitOfWork, user: User) -> None:
    if uow.actor.user_id == user.id:
        raise Refused("This is your own login; somebody else must do it")


def role_to_give(uow: UnitOfWork, name: str) -> StaffRole:
    """A role by its name. Raises: InvalidInput when there is none; NotAllowed when it may do more than the actor."""
    found = ensure_roles(uow).get(name)
    if found is None:
        raise InvalidInput(f"There is no staff role {name!r}", field="role")
    may_give(uow, found)
    return found
