"""Roles as a matrix: what each may do; new ones, other permissions, none that nobody has."""

from __future__ import annotations

from typing import Any, Final

from pyramid.httpexceptions import HTTPSeeOther
from sqlalchemy import func, select

from ezcore.accounts import operations as accounts
from ezcore.accounts.models import StaffRole, User
from ezcore.accounts.permissions import OWNER, WORDS
from ezcore.kernel.errors import InvalidInput, NotAllowed, NotFound, Refused
from ezcore.web.admin.staff.pages import roles_of
from ezcore.web.shared.flash import flash
from ezcore.web.shared.forms import sentence
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.views import page

MATRIX: Final = "admin/staff/roles.pt"
ROLE: Final = "admin/staff/role.pt"
LABELS: Final = {"name": "Name", "permissions": "Permissions"}


@page("admin.roles", "/admin/roles/", permission="accounts.manage", template=MATRIX)
def matrix(request: Any) -> dict[str, Any]:
    """Every role beside every permission."""
    return _matrix(request, {}, "")


@page(
    "admin.roles", "/admin/roles/", method="POST", permission="accounts.manage", audit="role.create",
    template=MATRIX,
)  # fmt: skip
def create(request: Any) -> Any:
    """A new role that may see the admin area; what else it may do is ticked on its page."""
    name = str(request.POST.get("name", ""))[:80]
    try:
        made = accounts.create_role(request.uow, name, ("staff.read",))
    except InvalidInput as error:
        request.response.status_code = 422
        return _matrix(request, {"name": error.message}, name)
    flash(request, "ok", f"There is a role {made.name}; tick what it may do")
    return HTTPSeeOther(request.route_path("admin.role", id=made.id))


@page("admin.role", "/admin/roles/{id}/", permission="accounts.manage", template=ROLE)
def role(request: Any) -> dict[str, Any]:
    """What one role may do."""
    found = _found(request)
    return _role(request, found, set(found.permissions), {})


@page(
    "admin.role", "/admin/roles/{id}/", method="POST", permission="accounts.manage", audit="role.change",
    template=ROLE,
)  # fmt: skip
def save(request: Any) -> Any:
    """Write what is ticked; it counts from the next click of those who have the role."""
    found = _found(request)
    ticked = {str(name)[:40] for name in request.POST.getall("permissions")}
    try:
        accounts.change_permissions(request.uow, found.id, ticked)
    except (InvalidInput, NotAllowed, Refused) as error:
        request.response.status_code = 422
        return _role(request, found, ticked, {"permissions": sentence(error.message)})
    flash(request, "ok", f"The role {found.name} is saved")
    return HTTPSeeOther(request.route_path("admin.roles"))


@page(
    "admin.role.remove", "/admin/roles/{id}/remove/", method="POST", permission="accounts.manage",
    audit="role.remove",
)  # fmt: skip
def remove(request: Any) -> Any:
    """Take away a role that nobody has."""
    found = _found(request)
    accounts.remove_role(request.uow, found.id)
    flash(request, "ok", f"The role {found.name} is gone")
    return HTTPSeeOther(request.route_path("admin.roles"))


def _found(request: Any) -> StaffRole:
    found: StaffRole | None = request.uow.session.get(StaffRole, path_id(request))
    if found is None:
        raise NotFound("There is no such role")
    return found


def _matrix(request: Any, errors: dict[str, str], typed: str) -> dict[str, Any]:
    held = (
        select(User.staff_role_id, func.count())
        .where(User.staff_role_id.is_not(None), User.disabled_at.is_(None))
        .group_by(User.staff_role_id)
    )
    return {
        "roles": roles_of(request),
        "people": dict(request.uow.session.execute(held).all()),
        "permissions": tuple(WORDS.items()),
        "errors": errors,
        "typed": typed,
        "labels": LABELS,
    }


def _role(request: Any, found: StaffRole, ticked: set[str], errors: dict[str, str]) -> dict[str, Any]:
    held = select(func.count()).where(User.staff_role_id == found.id)
    own = select(User.staff_role_id).where(User.id == request.actor.user_id)
    why = ""
    if found.name == OWNER:
        why = "Owners may do everything; this role stays as it is."
    elif request.uow.session.scalar(own) == found.id:
        why = "This is your own role; somebody else must change it."
    elif lacking := [str(name) for name in found.permissions if not request.actor.may(str(name))]:
        why = f"This role may do more than you: {', '.join(lacking)}."
    return {
        "role": found,
        "permissions": tuple((name, words, request.actor.may(name)) for name, words in WORDS.items()),
        "ticked": ticked,
        "held": request.uow.session.scalar(held) or 0,
        "why": why,
        "errors": errors,
        "labels": LABELS,
    }
