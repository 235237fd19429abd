"""Roles: named sets of permissions. Nobody gives what they lack, nobody changes the role that they have themselves."""

from __future__ import annotations

import re
from collections.abc import Collection

from sqlalchemy import delete, func, select

from ezcore.accounts.models import StaffInvitation, StaffRole, User
from ezcore.accounts.permissions import OWNER, STAFF
from ezcore.audit import operations as audit
from ezcore.kernel.errors import InvalidInput, NotAllowed, NotFound, Refused
from ezcore.work import UnitOfWork

NAME = re.compile(r"[a-z][a-z0-9 _-]{1,39}")


def create_role(uow: UnitOfWork, name: str, wanted: Collection[str]) -> StaffRole:
    """A new role. Raises: NotAllowed without ``accounts.manage`` or what it gives; InvalidInput naming the field."""
    uow.actor.require("accounts.manage")
    known = name.strip().lower()
    if NAME.fullmatch(known) is None:
        raise InvalidInput("Two to forty letters, digits, spaces or hyphens", field="name")
    if uow.session.scalar(select(StaffRole.id).where(StaffRole.name == known)) is not None:
        raise InvalidInput(f"There is a role {known} already", field="name")
    role = StaffRole(name=known, permissions=_given(uow, wanted))
    uow.session.add(role)
    uow.session.flush()
    audit.record(uow, "role.create", "staff_role", role.id, after=_facts(role))
    return role


def change_permissions(uow: UnitOfWork, role_id: int, wanted: Collection[str]) -> None:
    """What a role may do, from the next click of those who have it.

    Raises: NotAllowed when the actor lacks something that it has or shall have; Refused for the owners' role and for
    the actor's own; InvalidInput; NotFound.
    """
    role = _changeable(uow, role_id)
    before = _facts(role)
    role.permissions = _given(uow, wanted)
    uow.session.flush()
    audit.record(uow, "role.change", "staff_role", role.id, before=before, after=_facts(role))


def remove_role(uow: UnitOfWork, role_id: int) -> None:
    """Nobody has it, and nobody is invited to it. Raises: as `change_permissions`; Refused while somebody has it."""
    role = _changeable(uow, role_id)
    held = uow.session.scalar(select(func.count()).where(User.staff_role_id == role.id)) or 0
    asked = (StaffInvitation.role_id == role.id, StaffInvitation.ended_at.is_(None))
    named = uow.session.scalar(select(func.count()).where(*asked)) or 0
    if held or named:
        raise Refused(f"The role {role.name} is in use; give those people another one first")
    # What became of old invitations is in the trail.
    uow.session.execute(delete(StaffInvitation).where(StaffInvitation.role_id == role.id))
    uow.session.delete(role)
    uow.session.flush()
    audit.record(uow, "role.remove", "staff_role", role_id, before=_facts(role))


def may_give(uow: UnitOfWork, role: StaffRole) -> None:
    """Raises: NotAllowed when the role may do more than the actor."""
    lacking = [name for name in role.permissions if not uow.actor.may(str(name))]
    if lacking:
        raise NotAllowed(f"The role {role.name} may do more than you: {', '.join(lacking)}")


def keep_an_owner(uow: UnitOfWork, leaving: User) -> None:
    """Raises: Refused when nobody else would be left who may do everything."""
    role = leaving.staff_role
    if role is None or role.name != OWNER or leaving.disabled_at is not None:
        return
    # Two owners who take the role from each other at once must meet: both lock the role first.
    uow.session.execute(select(StaffRole.id).where(StaffRole.id == role.id).with_for_update())
    others = (User.staff_role_id == role.id, User.disabled_at.is_(None), User.id != leaving.id)
    if not uow.session.scalar(select(func.count()).where(*others)):
        raise Refused("This is the last owner: somebody must be able to do everything")


def _changeable(uow: UnitOfWork, role_id: int) -> StaffRole:
    uow.actor.require("accounts.manage")
    role = uow.session.get(StaffRole, role_id)
    if role is None:
        raise NotFound("There is no such role")
    if role.name == OWNER:
        raise Refused("Owners may do everything; their role stays as it is")
    if uow.actor.user_id is not None:
        own = uow.session.scalar(select(User.staff_role_id).where(User.id == uow.actor.user_id))
        if own == role.id:
            raise Refused("This is your own role; somebody else must change it")
    may_give(uow, role)
    return role


def _given(uow: UnitOfWork, wanted: Collection[str]) -> list[str]:
    unknown = sorted(set(wanted) - STAFF)
    if unknown:
        raise InvalidInput(f"There is no permission {unknown[0]!r}", field="permissions")
    if not wanted:
        raise InvalidInput("Tick at least one permission", field="permissions")
    if lacking := sorted(name for name in wanted if not uow.actor.may(name)):
        raise NotAllowed(f"You cannot give what you may not do: {', '.join(lacking)}")
    # Without this one nobody gets past the door, whatever else is ticked.
    return sorted({*wanted, "staff.read"})


def _facts(role: StaffRole) -> dict[str, object]:
    return {"name": role.name, "permissions": list(role.permissions)}
