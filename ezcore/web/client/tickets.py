"""/tickets/: ask for help, read the answers, write back. Another client's ticket is not there."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field, StringConstraints
from pyramid.httpexceptions import HTTPSeeOther
from sqlalchemy import func, select

from ezcore.kernel.errors import InvalidInput, NotFound
from ezcore.publishing.articles import queries as articles
from ezcore.services.services import queries as services
from ezcore.support.tickets import operations as tickets
from ezcore.support.tickets import queries
from ezcore.support.tickets.models import Ticket
from ezcore.support.tickets.operations import NewTicket
from ezcore.support.tickets.rules import LONGEST_MESSAGE, LONGEST_SUBJECT
from ezcore.web.shared.flash import flash
from ezcore.web.shared.forms import Form, read_form
from ezcore.web.shared.paging import paging
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.prose import prose
from ezcore.web.shared.request import EzRequest
from ezcore.web.shared.ticket_files import answer, file_facts, uploads
from ezcore.web.shared.ticket_links import linked
from ezcore.web.shared.views import page

LABELS = {
    "department": "Department",
    "about": "About",
    "subject": "Subject",
    "message": "Message",
    "files": "Files",
    "rating": "How did it go",
}

STARS = (("5", "Very well"), ("4", "Well"), ("3", "So-so"), ("2", "Badly"), ("1", "Very badly"))


class Question(BaseModel):
    """A new ticket as it is typed; `about` is the number of a service of the client."""

    department: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)] = ""
    about: Annotated[int, Field(ge=1)] | None = None
    subject: Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST_SUBJECT)] = ""
    message: Annotated[str, StringConstraints(max_length=LONGEST_MESSAGE)] = ""


class Answer(BaseModel):
    """A reply."""

    message: Annotated[str, StringConstraints(max_length=LONGEST_MESSAGE)] = ""


class Rating(BaseModel):
    """How it went, from 1 to 5, and why."""

    rating: Annotated[int, Field(ge=1, le=tickets.BEST)]
    words: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""


@page("tickets", "/tickets/", permission="client.support", template="client/tickets.pt")
def list_tickets(request: EzRequest) -> dict[str, Any]:
    """Those of this client, last moved first; open ones unless all are asked for."""
    query = queries.of_client(request.client_id)
    shown = "all" if request.GET.get("show") == "all" else "open"
    if shown == "open":
        query = query.where(Ticket.state != "closed")
    session = request.uow.session
    total = session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    found = paging(request, total, keep=("show",))
    rows = session.execute(query.offset(found.offset).limit(found.limit)).all()
    return {"rows": rows, "paging": found, "shown": shown}


@page("ticket.new", "/tickets/new/", permission="client.support", template="client/ticket_new.pt")
def ask(request: EzRequest) -> dict[str, Any]:
    """The form; `?about=7` chooses a service."""
    about = request.GET.get("about", "")
    return _form(request, Form(values={"about": about, "subject": request.GET.get("subject", "")[:200]}))


@page(
    "ticket.new", "/tickets/new/", method="POST", permission="client.support", audit="ticket.open",
    template="client/ticket_new.pt", rate="mail",
)  # fmt: skip
def send(request: EzRequest) -> Any:
    """Open a ticket."""
    form = read_form(request, Question)
    if form.is_valid:
        typed = form.checked()
        links = (("service", typed.about),) if typed.about is not None else ()
        new = NewTicket(
            request.client_id, typed.department, typed.subject, typed.message, links=links,
            files=uploads(request),
        )  # fmt: skip
        try:
            ticket = tickets.open_ticket(request.uow, new)
        except InvalidInput as error:
            form.refuse(error)
        except NotFound:
            form.errors["about"] = "Choose one of your services"
        else:
            flash(request, "ok", f"Thank you. Your ticket is {ticket.reference}; we write to you.")
            return HTTPSeeOther(request.route_path("ticket", reference=ticket.reference))
    request.response.status_code = 422
    return _form(request, form)


@page(
    "ticket.answers", "/tickets/new/answers/", method="POST", permission="client.support",
    audit="none: shows answers, keeps nothing", template="client/ticket_new.pt", rate="search",
)  # fmt: skip
def show_answers(request: EzRequest) -> Any:
    """The form as it was typed, with answers that may save the ticket."""
    form = read_form(request, Question)
    found = articles.suggest(request.uow, str(form.value("subject")))
    return _form(request, Form(values=form.values)) | {"answers": found}


@page("ticket", "/tickets/{reference}/", permission="client.support", template="client/ticket.pt")
def show(request: EzRequest) -> Any:
    """The conversation; a ticket that was merged leads to the one that has its messages."""
    if (target := queries.merged_into(request.uow, _ticket(request))) is not None:
        return HTTPSeeOther(request.route_path("ticket", reference=target))
    return _facts(request, _ticket(request), Form())


@page(
    "ticket.reply", "/tickets/{reference}/reply/", method="POST", permission="client.support",
    audit="ticket.reply", template="client/ticket.pt",
)  # fmt: skip
def reply(request: EzRequest) -> Any:
    """Write back; a closed ticket is open again."""
    found, form = _ticket(request), read_form(request, Answer)
    if form.is_valid:
        try:
            tickets.reply(request.uow, found, form.checked().message, uploads(request))
        except InvalidInput as error:
            form.refuse(error)
        else:
            flash(request, "ok", "Sent.")
            return HTTPSeeOther(request.route_path("ticket", reference=found.reference))
    request.response.status_code = 422
    return _facts(request, found, form)


@page("ticket.file", "/tickets/{reference}/files/{id}/download/", permission="client.support")
def file(request: EzRequest) -> Any:
    """A file of the conversation, to be saved."""
    return answer(request, _ticket(request), path_id(request), staff=False)


@page(
    "ticket.close", "/tickets/{reference}/close/", method="POST", permission="client.support",
    audit="ticket.close",
)  # fmt: skip
def close(request: EzRequest) -> Any:
    """It is solved."""
    found = _ticket(request)
    tickets.close(request.uow, found)
    flash(request, "ok", "Closed. Write again whenever it is not solved.")
    return HTTPSeeOther(request.route_path("ticket", reference=found.reference))


@page(
    "ticket.rate", "/tickets/{reference}/rate/", method="POST", permission="client.support",
    audit="ticket.rate", template="client/ticket.pt",
)  # fmt: skip
def rate(request: EzRequest) -> Any:
    """How it went."""
    found, form = _ticket(request), read_form(request, Rating)
    if form.is_valid:
        tickets.rate(request.uow, found, form.checked().rating, form.checked().words)
        flash(request, "ok", "Thank you for telling us.")
        return HTTPSeeOther(request.route_path("ticket", reference=found.reference))
    request.response.status_code = 422
    return _facts(request, found, form)


def _ticket(request: EzRequest) -> Ticket:
    return queries.by_reference(request.uow, request.matchdict["reference"], request.client_id)


def _form(request: EzRequest, form: Form[Any]) -> dict[str, Any]:
    own = services.of_client(request.uow, request.client_id)
    return {
        "answers": None,
        "form": form,
        "errors": form.errors,
        "labels": LABELS,
        "departments": queries.departments(request.uow),
        **file_facts(request),
        "services": [(str(service.id), f"{service.label} ({product.name})") for service, product in own],
    }


def _facts(request: EzRequest, found: Ticket, form: Form[Any]) -> dict[str, Any]:
    talk = queries.conversation(request.uow, found, with_notes=False)
    return {
        "talk": talk,
        "ticket": found,
        "prose": prose,
        "stars": STARS,
        "links": linked(request, talk.links, staff=False),
        **file_facts(request, found),
        "form": form,
        "errors": form.errors,
        "labels": LABELS,
    }
