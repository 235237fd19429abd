"""/contact/: visitors write to us without an account, and read and answer their ticket by the link of its mails.

The field `website` is hidden from people; a machine that fills it in is thanked, and nothing is kept.
"""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import BaseModel, StringConstraints
from pyramid.httpexceptions import HTTPSeeOther

from ezcore.kernel.errors import InvalidInput
from ezcore.publishing.articles import queries as articles
from ezcore.support.tickets import guests, queries
from ezcore.support.tickets import operations as tickets
from ezcore.support.tickets.models import Ticket
from ezcore.support.tickets.rules import LONGEST_MESSAGE, LONGEST_SUBJECT
from ezcore.web.shared.flash import flash
from ezcore.web.shared.forms import Form, read_form
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.prose import prose
from ezcore.web.shared.request import EzRequest
from ezcore.web.shared.ticket_files import answer, file_facts
from ezcore.web.shared.views import page

LABELS: Final = {
    "department": "Department", "name": "Name", "email": "E-mail address", "subject": "Subject", "message": "Message",
}  # fmt: skip
THANKS: Final = "Thank you. We answer by e-mail; you have a mail with a link to your message."
TEMPLATE: Final = "client/contact.pt"
TICKET: Final = "client/contact_ticket.pt"


class Question(BaseModel):
    """What a visitor types; `website` stays empty."""

    department: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)] = ""
    name: Annotated[str, StringConstraints(strip_whitespace=True, max_length=80)] = ""
    email: Annotated[str, StringConstraints(strip_whitespace=True, max_length=254)] = ""
    subject: Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST_SUBJECT)] = ""
    message: Annotated[str, StringConstraints(max_length=LONGEST_MESSAGE)] = ""
    website: Annotated[str, StringConstraints(max_length=1000)] = ""


class Answer(BaseModel):
    """What a guest writes back."""

    message: Annotated[str, StringConstraints(max_length=LONGEST_MESSAGE)] = ""


@page("contact_us", "/contact/", public="storefront", template=TEMPLATE)
def ask(request: EzRequest) -> dict[str, Any]:
    """The form, where a department is open to guests; and the addresses of all."""
    return _form(request, Form(values={"subject": request.GET.get("subject", "")[:LONGEST_SUBJECT]}))


@page(
    "contact_us", "/contact/", method="POST", public="storefront", template=TEMPLATE, audit="ticket.open",
    rate="mail",
)  # fmt: skip
def send(request: EzRequest) -> Any:
    """Open a guest's ticket."""
    form = read_form(request, Question)
    if form.is_valid and form.checked().website:
        flash(request, "ok", THANKS)
        return HTTPSeeOther(request.route_path("contact_us"))
    if form.is_valid:
        typed = form.checked()
        try:
            guest = guests.checked(typed.name, typed.email)
            request.uow.actor = guests.opener(guest.name, request.remote_addr)
            guests.ask(request.uow, typed.department, guest, typed.subject, typed.message)
        except InvalidInput as error:
            form.refuse(error)
        else:
            flash(request, "ok", THANKS)
            return HTTPSeeOther(request.route_path("contact_us"))
    request.response.status_code = 422
    return _form(request, form)


@page(
    "contact_us.answers", "/contact/new/answers/", method="POST", public="storefront", template=TEMPLATE,
    audit="none: shows answers, keeps nothing", rate="search",
)  # fmt: skip
def show_answers(request: EzRequest) -> dict[str, Any]:
    """The form as it was typed, with answers that may save the ticket."""
    form = read_form(request, Question)
    found = articles.suggest(request.uow, str(form.value("subject")))
    return _form(request, Form(values=form.values)) | {"answers": found}


@page("contact_us.ticket", "/contact/{token}/", public="secret link", template=TICKET, rate="form")
def show(request: EzRequest) -> dict[str, Any]:
    """The conversation."""
    return _talk(request, _ticket(request), Form())


@page(
    "contact_us.reply", "/contact/{token}/reply/", method="POST", public="secret link", template=TICKET,
    audit="ticket.reply", rate="mail",
)  # fmt: skip
def reply(request: EzRequest) -> Any:
    """Write back."""
    found, form = _ticket(request), read_form(request, Answer)
    if form.is_valid:
        try:
            request.uow.actor = guests.writer(found, request.remote_addr)
            guests.answer(request.uow, found, form.checked().message)
        except InvalidInput as error:
            form.refuse(error)
        else:
            flash(request, "ok", "Sent.")
            return HTTPSeeOther(request.route_path("contact_us.ticket", token=request.matchdict["token"]))
    request.response.status_code = 422
    return _talk(request, found, form)


@page(
    "contact_us.close", "/contact/{token}/close/", method="POST", public="secret link", audit="ticket.close"
)
def close(request: EzRequest) -> HTTPSeeOther:
    """It is solved."""
    found = _ticket(request)
    request.uow.actor = guests.writer(found, request.remote_addr)
    tickets.close(request.uow, found)
    flash(request, "ok", "Closed. Write again whenever it is not solved.")
    return HTTPSeeOther(request.route_path("contact_us.ticket", token=request.matchdict["token"]))


@page("contact_us.file", "/contact/{token}/files/{id}/download/", public="secret link", rate="form")
def file(request: EzRequest) -> Any:
    """A file of the conversation, to be saved."""
    return answer(request, _ticket(request), path_id(request), staff=False)


def _ticket(request: EzRequest) -> Ticket:
    """The ticket of the link, or the one that has its messages. Raises: NotFound."""
    return queries.living(request.uow, guests.by_token(request.uow, request.matchdict["token"]))


def _form(request: EzRequest, form: Form[Any]) -> dict[str, Any]:
    shown = queries.departments(request.uow)
    return {
        "answers": None,
        "departments": [one for one in shown if one.guests],
        "addresses": [one for one in shown if one.email],
        "form": form, "errors": form.errors, "labels": LABELS,
    }  # fmt: skip


def _talk(request: EzRequest, found: Ticket, form: Form[Any]) -> dict[str, Any]:
    request.response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return {
        "token": request.matchdict["token"], "ticket": found, "prose": prose, **file_facts(request, found),
        "talk": queries.conversation(request.uow, found, with_notes=False),
        "form": form, "errors": form.errors, "labels": LABELS,
    }  # fmt: skip
