"""Who works here: the list, invitations by mail, another role, an end; nobody raises themselves."""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import BaseModel, StringConstraints
from pyramid.httpexceptions import HTTPSeeOther
from sqlalchemy import func, select

from ezcore.accounts import operations as accounts
from ezcore.accounts.inputs import Email, Name
from ezcore.accounts.models import LoginSession, StaffInvitation, StaffRole, User
from ezcore.accounts.operations import invitations
from ezcore.audit.models import AuditRow
from ezcore.kernel.errors import InvalidInput, NotAllowed, NotFound, Refused
from ezcore.web.admin.tables import Column, Filter, Listing, link, listing
from ezcore.web.shared.flash import flash
from ezcore.web.shared.forms import Form, read_form, sentence
from ezcore.web.shared.markup import badge, moment
from ezcore.web.shared.path_ids import as_id, path_id
from ezcore.web.shared.views import page

LIST: Final = "admin/staff/list.pt"
PERSON: Final = "admin/staff/person.pt"
LABELS: Final = {"email": "E-mail address", "name": "Name", "role": "Role", "reason": "Reason"}
TRAIL: Final = 20
INVITED: Final = 50
COLUMNS: Final = (
    Column("Person"),
    Column("Role"),
    Column("Status", "c-r"),
    Column("Last seen", "c-hide"),
    Column("Devices", "end c-hide"),
)


class Wanted(BaseModel):
    """Somebody to invite."""

    name: Name
    email: Email
    role: Annotated[str, StringConstraints(max_length=40)] = ""


@page("admin.staff", "/admin/staff/", permission="accounts.manage", template=LIST)
def staff_list(request: Any) -> dict[str, Any]:
    """Everybody with a role, and open invitations."""
    return _list(request, Form())


@page(
    "admin.staff.invite", "/admin/staff/invite/", method="POST", permission="accounts.manage",
    audit="staff.invite", template=LIST, rate="mail",
)  # fmt: skip
def invite(request: Any) -> Any:
    """Mail a link to join."""
    form = read_form(request, Wanted)
    if form.is_valid:
        typed = form.checked()
        try:
            invitations.invite(request.uow, typed.email, typed.name, typed.role)
        except InvalidInput as error:
            form.refuse(error)
        except NotAllowed as error:
            form.errors["role"] = sentence(error.message)
        else:
            flash(request, "ok", f"{typed.email} is invited")
            return HTTPSeeOther(request.route_path("admin.staff"))
    request.response.status_code = 422
    return _list(request, form)


@page(
    "admin.staff.withdraw", "/admin/staff/withdraw/", method="POST", permission="accounts.manage",
    audit="staff.withdraw",
)  # fmt: skip
def withdraw(request: Any) -> Any:
    """Make the link of an invitation useless."""
    invitations.withdraw(request.uow, as_id(str(request.POST.get("invitation", ""))))
    flash(request, "ok", "The invitation is withdrawn")
    return HTTPSeeOther(request.route_path("admin.staff"))


@page("admin.staff.person", "/admin/staff/{id}/", permission="accounts.manage", template=PERSON)
def person(request: Any) -> dict[str, Any]:
    """One member of staff: role, devices, what they did lately."""
    return _person(request, _found(request))


@page(
    "admin.staff.role", "/admin/staff/{id}/role/", method="POST", permission="accounts.manage",
    audit="staff.change_role", template=PERSON,
)  # fmt: skip
def change_role(request: Any) -> Any:
    """Give another role; they log in anew."""
    found, role = _found(request), str(request.POST.get("role", ""))[:40]
    try:
        accounts.change_role(request.uow, found.id, role)
    except (InvalidInput, NotAllowed, Refused) as error:
        return _again(request, found, {"role": sentence(error.message)}, role=role)
    flash(request, "ok", f"{found.name} is {role} now and logs in anew")
    return HTTPSeeOther(request.route_path("admin.staff.person", id=found.id))


@page(
    "admin.staff.rest", "/admin/staff/{id}/rest/", method="POST", permission="accounts.manage",
    audit="user.disable", template=PERSON,
)  # fmt: skip
def rest(request: Any) -> Any:
    """Shut a login, which ends its sessions at once, or open it again."""
    found, reason = _found(request), str(request.POST.get("reason", "")).strip()[:400]
    back = request.POST.get("do") == "enable"
    act = accounts.enable_user if back else accounts.disable_user
    if len(reason) < 3:  # noqa: PLR2004 - a word
        return _again(request, found, {"reason": "Say why: it is kept in the audit log"}, reason=reason)
    try:
        act(request.uow, found.id, reason)
    except (NotAllowed, Refused) as error:
        return _again(request, found, {"reason": sentence(error.message)}, reason=reason)
    flash(
        request,
        "ok",
        f"{found.name} may log in again" if back else f"{found.name} is logged out and shut out",
    )
    return HTTPSeeOther(request.route_path("admin.staff.person", id=found.id))


def _list(request: Any, form: Form[Wanted]) -> dict[str, Any]:
    invited = (
        select(StaffInvitation, StaffRole.name)
        .join(StaffRole, StaffRole.id == StaffInvitation.role_id)
        .where(StaffInvitation.ended_at.is_(None))
        .order_by(StaffInvitation.id.desc())
        .limit(INVITED)
    )
    return _people(request).page() | {
        "invited": request.uow.session.execute(invited).all(),
        "now": request.uow.now(),
        "roles": roles_of(request),
        "form": form,
        "errors": form.errors,
        "labels": LABELS,
    }


def _people(request: Any) -> Listing:
    """Those who work here, or those who are shut out, with where they are logged in."""
    zone, gone = request.settings.shop.time_zone, request.GET.get("state") == "shut"
    query = _with_devices(request).where(
        User.disabled_at.is_not(None) if gone else User.disabled_at.is_(None)
    )

    def row(found: Any) -> list[Any]:
        user, role, at, devices = found
        return [
            link(request, user.name, "admin.staff.person", user.email, id=user.id),
            role,
            badge("suspended", "Shut") if user.disabled_at else badge("active"),
            moment(at, zone) if at else "",
            devices or "",
        ]

    made = listing(request, query, row, title="Staff", columns=COLUMNS, keep=("state",), empty="Nobody here.")
    made.filters = [
        Filter("Works here", request.route_path("admin.staff"), None, not gone),
        Filter("Shut out", request.route_path("admin.staff", _query={"state": "shut"}), None, gone),
    ]
    return made


def _with_devices(request: Any) -> Any:
    live = (LoginSession.ended_at.is_(None), LoginSession.expires_at > request.uow.now())
    seen = (
        select(
            LoginSession.user_id, func.max(LoginSession.seen_at).label("at"), func.count().label("devices")
        )
        .where(*live)
        .group_by(LoginSession.user_id)
        .subquery()
    )
    return (
        select(User, StaffRole.name, seen.c.at, seen.c.devices)
        .join(StaffRole, StaffRole.id == User.staff_role_id)
        .outerjoin(seen, seen.c.user_id == User.id)
        .order_by(func.lower(User.name), User.id)
    )


def roles_of(request: Any) -> list[StaffRole]:
    """The roles that there are."""
    return list(request.uow.session.scalars(select(StaffRole).order_by(StaffRole.name)))


def _found(request: Any) -> User:
    user: User | None = request.uow.session.get(User, path_id(request))
    if user is None or user.staff_role is None:
        raise NotFound("There is no such member of staff")
    return user


def _again(request: Any, found: User, errors: dict[str, str], **typed: str) -> dict[str, Any]:
    request.response.status_code = 422
    return _person(request, found) | {"errors": errors} | typed


def _person(request: Any, found: User) -> dict[str, Any]:
    session = request.uow.session
    live = (LoginSession.ended_at.is_(None), LoginSession.expires_at > request.uow.now())
    mine = (AuditRow.actor_kind == "staff", AuditRow.actor_id == found.id)
    devices = select(LoginSession).where(LoginSession.user_id == found.id, *live)
    done = select(AuditRow).where(*mine).order_by(AuditRow.id.desc()).limit(TRAIL)
    about = select(AuditRow).where(AuditRow.object_kind == "user", AuditRow.object_id == str(found.id))
    role = found.staff_role
    return {
        "person": found,
        "held": role.name if role else "",
        "own": found.id == request.actor.user_id,
        "roles": roles_of(request),
        "devices": session.scalars(devices.order_by(LoginSession.seen_at.desc())).all(),
        "done": session.scalars(done).all(),
        "trail": session.scalars(about.order_by(AuditRow.id.desc()).limit(TRAIL)).all(),
        "errors": {},
        "role": role.name if role else "",
        "reason": "",
        "labels": LABELS,
    }
