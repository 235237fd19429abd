"""/account/people/: who may act for this client, who is invited, who gets copies of mails."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from pydantic import BaseModel
from pyramid.httpexceptions import HTTPSeeOther

from ezcore.accounts import queries
from ezcore.accounts.factors.queries import with_factor
from ezcore.accounts.inputs import Email, Name
from ezcore.accounts.models import Membership, MembershipRole
from ezcore.accounts.people import operations as people
from ezcore.accounts.people.queries import open_invitations
from ezcore.accounts.permissions import EVERYTHING, GRANT_WORDS
from ezcore.kernel.errors import InvalidInput, NotFound, Refused
from ezcore.messaging.copies import operations as copies
from ezcore.messaging.copies import queries as contacts
from ezcore.messaging.copies.rules import WORDS as KIND_WORDS
from ezcore.web.shared.flash import flash
from ezcore.web.shared.forms import Form, read_form, sentence
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.request import EzRequest
from ezcore.web.shared.views import page

TEMPLATE: Final = "client/account/people.pt"
PERSON: Final = "client/account/person.pt"
CONTACT: Final = "client/account/contact.pt"
ROLE_WORDS: Final = {
    MembershipRole.OWNER: "Everything",
    MembershipRole.BILLING: "Billing, support",
    MembershipRole.TECHNICAL: "Services, domains, support",
    MembershipRole.READ_ONLY: "Looks only",
}
GRANTS: Final = {**GRANT_WORDS, EVERYTHING: "Everything: also orders, people, keys and privacy"}


class Wanted(BaseModel):
    """Somebody to invite, and what they may do."""

    email: Email
    grants: list[str] = []


class Granted(BaseModel):
    """What somebody may do from now on."""

    grants: list[str] = []


class NewContact(BaseModel):
    """An address for copies of mails."""

    name: Name
    email: Email
    kinds: list[str] = []


class ChangedContact(BaseModel):
    """Another name, other kinds."""

    name: Name
    kinds: list[str] = []


@page("people", "/account/people/", permission="client.people", template=TEMPLATE)
def show_people(request: EzRequest) -> dict[str, Any]:
    """Everybody, with the forms to invite and to add a contact."""
    return _facts(request, Form())


@page(
    "people", "/account/people/", method="POST", permission="client.people", rate="mail", template=TEMPLATE,
    audit="people.invite",
)  # fmt: skip
def invite(request: EzRequest) -> Any:
    """Mail somebody a link."""
    form = read_form(request, Wanted)

    def act(typed: Wanted) -> str:
        people.invite(request.uow, typed.email, typed.grants)
        return f"{typed.email} is invited"

    return _done(request, form, act) or _again(request, _facts(request, form))


@page(
    "people.withdraw", "/account/people/withdraw/{id}/", method="POST", permission="client.people",
    audit="people.withdraw",
)  # fmt: skip
def withdraw(request: EzRequest) -> HTTPSeeOther:
    """Make the link of an invitation useless."""
    people.withdraw(request.uow, path_id(request))
    return _back(request, "The invitation is withdrawn")


@page("people.person", "/account/people/{id}/", permission="client.people", template=PERSON)
def show_person(request: EzRequest) -> dict[str, Any]:
    """What one person may do."""
    return _person(request, Form())


@page(
    "people.person", "/account/people/{id}/", method="POST", permission="client.people", template=PERSON,
    audit="people.change",
)  # fmt: skip
def change_person(request: EzRequest) -> Any:
    """Change what they may do."""
    form, number = read_form(request, Granted), path_id(request)

    def act(typed: Granted) -> str:
        people.change(request.uow, number, typed.grants)
        return "Saved. It holds from their next click"

    return _done(request, form, act) or _again(request, _person(request, form))


@page(
    "people.remove", "/account/people/{id}/remove/", method="POST", permission="client.people",
    audit="people.remove",
)  # fmt: skip
def remove_person(request: EzRequest) -> HTTPSeeOther:
    """They act for this client no longer."""
    people.remove(request.uow, path_id(request))
    return _back(request, "They act for you no longer")


@page(
    "contacts", "/account/contacts/", method="POST", permission="client.people", template=TEMPLATE,
    audit="contact.add",
)  # fmt: skip
def add_contact(request: EzRequest) -> Any:
    """A new address for copies."""
    form = read_form(request, NewContact, prefix="contact_")

    def act(typed: NewContact) -> str:
        copies.add(request.uow, typed.name, typed.email, typed.kinds)
        return f"{typed.email} gets copies from now on"

    return _done(request, form, act) or _again(request, _facts(request, Form(), form))


@page("contact", "/account/contacts/{id}/", permission="client.people", template=CONTACT)
def show_contact(request: EzRequest) -> dict[str, Any]:
    """One contact."""
    return _contact(request, None)


@page(
    "contact", "/account/contacts/{id}/", method="POST", permission="client.people", template=CONTACT,
    audit="contact.change",
)  # fmt: skip
def change_contact(request: EzRequest) -> Any:
    """Another name, other kinds, or no contact any more."""
    number = path_id(request)
    if request.POST.get("do") == "remove":
        copies.remove(request.uow, number)
        return _back(request, "They get no more copies")
    form = read_form(request, ChangedContact)

    def act(typed: ChangedContact) -> str:
        copies.change(request.uow, number, typed.name, typed.kinds)
        return "Saved"

    return _done(request, form, act) or _again(request, _contact(request, form))


def _done(request: EzRequest, form: Form[Any], act: Callable[[Any], str]) -> HTTPSeeOther | None:
    """Act on a form that is right; None when it, or the operation, is not content."""
    if not form.is_valid:
        return None
    try:
        return _back(request, act(form.checked()))
    except InvalidInput as error:
        form.refuse(error)
    except Refused as error:
        form.errors["form"] = sentence(error.message)
    return None


def _back(request: EzRequest, words: str) -> HTTPSeeOther:
    flash(request, "ok", f"{words}.")
    return HTTPSeeOther(request.route_path("people"))


def _again(request: EzRequest, facts: dict[str, Any]) -> dict[str, Any]:
    request.response.status_code = 422
    return facts


def _facts(request: EzRequest, form: Form[Any], contact: Form[Any] | None = None) -> dict[str, Any]:
    rows, contact = queries.members_of(request.uow, request.client_id), contact or Form()
    return {
        "rows": [(member, user, may(member)) for member, user in rows],
        "factors": with_factor(request.uow, [user.id for _, user in rows]),
        "invited": open_invitations(request.uow, request.client_id),
        "contacts": contacts.contacts_of(request.uow, request.client_id),
        "now": request.uow.now(),
        "grants": GRANTS,
        "kinds": KIND_WORDS,
        "words": lambda names: ", ".join(GRANTS[name].partition(":")[0] for name in names if name in GRANTS),
        "form": form,
        "contact": contact,
        "errors": {**form.errors, **{f"contact_{name}": text for name, text in contact.errors.items()}},
    }


def _person(request: EzRequest, form: Form[Granted]) -> dict[str, Any]:
    wanted = path_id(request)
    rows = queries.members_of(request.uow, request.client_id)
    found = next(((member, user) for member, user in rows if member.id == wanted), None)
    if found is None:
        raise NotFound("There is no such person")
    member, user = found
    ticked = form.value("grants") if form.errors else ticked_of(member)
    return {"member": member, "user": user, "grants": GRANTS, "ticked": ticked or [], "form": form}


def _contact(request: EzRequest, form: Form[ChangedContact] | None) -> dict[str, Any]:
    wanted = path_id(request)
    rows = contacts.contacts_of(request.uow, request.client_id)
    found = next((one for one in rows if one.id == wanted), None)
    if found is None:
        raise NotFound("There is no such contact")
    form = form or Form(values={"name": found.name, "kinds": list(found.kinds)})
    return {"found": found, "kinds": KIND_WORDS, "form": form}


def may(member: Membership) -> str:
    """What a member may do, in words."""
    if member.role == MembershipRole.CUSTOM:
        return ", ".join(GRANTS[name].partition(":")[0] for name in member.grants if name in GRANTS)
    return ROLE_WORDS.get(MembershipRole(member.role), member.role)


def ticked_of(member: Membership) -> list[str]:
    """The boxes that stand for what a member may do, also for roles of before."""
    named = {
        MembershipRole.OWNER: [EVERYTHING],
        MembershipRole.BILLING: ["billing", "support"],
        MembershipRole.TECHNICAL: ["services", "domains", "support"],
        MembershipRole.READ_ONLY: [],
    }
    return named.get(MembershipRole(member.role), list(member.grants))
