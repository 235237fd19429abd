"""The page of one ticket as staff see it, for every form on it: what is shown, and how a refusal comes back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from pyramid.httpexceptions import HTTPSeeOther

from ezcore.accounts.models import Client
from ezcore.kernel.errors import InvalidInput
from ezcore.support.mail import queries as received
from ezcore.support.replies import operations as replies
from ezcore.support.tickets import queries, watching
from ezcore.support.tickets.models import Priority, Ticket, TicketState
from ezcore.web.admin.ticket_desk import at_other_desk
from ezcore.web.shared.flash import flash
from ezcore.web.shared.forms import Form
from ezcore.web.shared.prose import prose
from ezcore.web.shared.status import kind_and_word
from ezcore.web.shared.ticket_files import file_facts
from ezcore.web.shared.ticket_links import linked

LABELS: Final = {
    "client": "Client", "department": "Department", "subject": "Subject", "message": "Message",
    "assignee": "Assignee", "files": "Files", "email": "Copies to", "into": "Merge into",
    "messages": "Messages", "number": "Number", "kind": "Kind",
}  # fmt: skip
KINDS: Final = (("service", "Service"), ("order", "Order"), ("invoice", "Invoice"))


def find(request: Any) -> Ticket:
    """The ticket in the address. Raises: NotFound."""
    return queries.by_reference(request.uow, request.matchdict["reference"])


def back(request: Any, ticket: Ticket, said: str) -> HTTPSeeOther:
    """To the page of the ticket, saying what was done."""
    flash(request, "ok", said)
    return HTTPSeeOther(request.route_path("admin.ticket", reference=ticket.reference))


def done(request: Any, ticket: Ticket, form: Form[Any], act: Callable[[Any], Any], said: str) -> Any:
    """Act on a form that is right and go back; else the page again with what is wrong, and all that was typed."""
    if form.is_valid:
        try:
            act(form.checked())
        except InvalidInput as error:
            form.refuse(error)
        else:
            return back(request, ticket, said)
    request.response.status_code = 422
    return facts(request, ticket, form)


def facts(request: Any, found: Ticket, form: Form[Any]) -> dict[str, Any]:
    """The values for admin/ticket.pt."""
    uow = request.uow
    departments = queries.departments(uow, hidden=True)  # first: the ticket's own is then at hand
    watchers = watching.watchers(uow, found)
    talk = queries.conversation(uow, found, with_notes=True)
    answering = watching.answering(uow, found)
    return {
        "found": None,
        "talk": talk,
        "ticket": found,
        "prose": prose,
        "merged_into": queries.merged_into(uow, found),
        "client": uow.session.get_one(Client, found.client_id) if found.client_id else None,
        "by_mail": received.by_message(uow, found),
        "other_desk": at_other_desk(request, found),
        "links": linked(request, talk.links, staff=True),
        **file_facts(request, found),
        "replies": replies.every(uow),
        "answering": answering,
        "watched": any(one.user_id == uow.actor.user_id for one in watchers),
        "copies": [one.email for one in watchers if one.email],
        "kinds": KINDS,
        "states": [(str(state), kind_and_word(f"ticket_{state}")[1]) for state in TicketState],
        "priorities": [(str(one), str(one).capitalize()) for one in Priority],
        "departments": [(one.slug, one.name) for one in departments],
        "staff": [(str(user.id), user.name or user.email) for user in queries.assignees(uow)],
        "seen": talk.messages[-1].id if talk.messages else 0,
        "form": form,
        "errors": form.errors,
        "labels": LABELS,
    }
