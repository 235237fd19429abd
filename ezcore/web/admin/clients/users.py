"""The people of a client as staff see them: what each may do, resets of second factors, a look at their pages."""

from __future__ import annotations

from typing import Any, Final

from pyramid.httpexceptions import HTTPSeeOther

from ezcore.accounts import queries
from ezcore.accounts.factors import operations as factors
from ezcore.accounts.factors.queries import with_factor
from ezcore.accounts.models import Membership, MembershipRole
from ezcore.accounts.people import looking
from ezcore.accounts.people.queries import open_invitations
from ezcore.kernel.errors import InvalidInput, NotFound, Refused
from ezcore.messaging.copies.queries import contacts_of
from ezcore.web.admin.clients.client import ROLES
from ezcore.web.admin.clients.parts import tabs_of
from ezcore.web.shared.flash import flash
from ezcore.web.shared.forms import sentence
from ezcore.web.shared.path_ids import as_id, path_id
from ezcore.web.shared.sessions import login_session
from ezcore.web.shared.views import page

TEMPLATE: Final = "admin/clients/users.pt"


@page("admin.client.users", "/admin/clients/{id}/users/", permission="staff.read", template=TEMPLATE)
def users(request: Any) -> dict[str, Any]:
    """Who may act for the client, who is invited, who gets copies."""
    return _facts(request)


@page(
    "admin.client.users", "/admin/clients/{id}/users/", method="POST", permission="clients.manage",
    template=TEMPLATE, audit="user.second_factor_reset",
)  # fmt: skip
def reset(request: Any) -> Any:
    """Take away the second factor of one who lost it, with a reason; they are told by mail."""
    user_id, reason = as_id(str(request.POST.get("user", ""))), str(request.POST.get("reason", ""))[:400]
    facts = _facts(request)
    if user_id not in {user.id for _, user in facts["members"]}:
        raise NotFound("There is no such user")
    try:
        factors.reset(request.uow, user_id, reason)
    except (InvalidInput, Refused) as error:
        request.response.status_code = 422
        return facts | {"errors": {f"reason-{user_id}": sentence(error.message)}, "typed": reason}
    flash(request, "ok", "The second factor is gone, every device is logged out, and they are told by mail")
    return HTTPSeeOther(request.route_path("admin.client.users", id=path_id(request)))


@page(
    "admin.client.look", "/admin/clients/{id}/look/", method="POST", permission="clients.manage",
    audit="client.look",
)  # fmt: skip
def look(request: Any) -> HTTPSeeOther:
    """See the pages of the client as they see them, reading only, until the button in the banner is pressed."""
    facts = login_session(request)
    if facts is None:
        raise NotFound("There is no session")
    looking.begin(request.uow, facts.token_hash, path_id(request))
    return HTTPSeeOther(request.route_path("dashboard"))


def words(member: Membership) -> str:
    """What a member may do."""
    if member.role == MembershipRole.CUSTOM:
        return ", ".join(str(name).capitalize() for name in member.grants)
    return ROLES.get(member.role, member.role)


def _facts(request: Any) -> dict[str, Any]:
    client = queries.client(request.uow, path_id(request))
    members = queries.members_of(request.uow, client.id)
    return {
        "client": client,
        "name": client.company or client.name,
        "tabs": tabs_of(request, client.id),
        "members": members,
        "factors": with_factor(request.uow, [user.id for _, user in members]),
        "invited": open_invitations(request.uow, client.id),
        "contacts": contacts_of(request.uow, client.id),
        "may_do": words,
        "may": request.actor.may("clients.manage"),
        "errors": {},
        "typed": "",
    }
