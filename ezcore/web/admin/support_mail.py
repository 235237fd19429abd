"""/admin/support/mail/: what came in by mail and what became of it; one mail with its headers, and what to do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Final

from pydantic import BaseModel, StringConstraints
from pyramid.httpexceptions import HTTPSeeOther
from pyramid.response import Response

from ezcore.kernel.errors import InvalidInput
from ezcore.support.mail import acting, queries
from ezcore.support.mail.models import ReceivedMail
from ezcore.support.tickets.models import Department, Ticket
from ezcore.web.admin.tables import Column, counted, link, listing, state_filters
from ezcore.web.shared.flash import flash
from ezcore.web.shared.forms import Form, read_form
from ezcore.web.shared.markup import badge, moment
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.status import kind_and_word
from ezcore.web.shared.ticket_files import SANDBOX
from ezcore.web.shared.views import page

MAY: Final = "support.manage"
ONE: Final = "/admin/support/mail/{id}/"
LABELS: Final = {"reference": "Ticket", "value": "Address"}
COLUMNS: Final = (
    Column("Mail"), Column("Status", "c-r"), Column("What became of it"), Column("Department"), Column("Ticket"),
    Column("Came"),
)  # fmt: skip


class Target(BaseModel):
    """The ticket that it belongs to."""

    reference: Annotated[str, StringConstraints(strip_whitespace=True, max_length=20)] = ""


@page("admin.support_mail", "/admin/support/mail/", permission=MAY, template="admin/support_mail/list.pt")
def list_mails(request: Any) -> dict[str, Any]:
    """The newest first; `?outcome=refused` those that were not taken."""
    zone, counts = request.settings.shop.time_zone, counted(request, ReceivedMail.outcome)
    query = queries.newest()
    if request.GET.get("outcome") in counts:
        query = query.where(ReceivedMail.outcome == request.GET["outcome"])

    def row(found: Any) -> list[Any]:
        mail, department, reference = found
        return [
            link(request, mail.subject or "(no subject)", "admin.support_mail.one", mail.sender, id=mail.id),
            badge(f"received_{mail.outcome}"),
            mail.why,
            department,
            link(request, reference, "admin.ticket", reference=reference) if reference else "",
            moment(mail.at, zone),
        ]

    words = lambda outcome: kind_and_word(f"received_{outcome}")[1]  # noqa: E731
    found = listing(
        request,
        query,
        row,
        title="Mail in",
        lead="What came to the addresses of departments. Nothing is thrown away.",
        columns=COLUMNS,
        keep=("outcome",),
        filters=state_filters(request, counts, "outcome", words),
        empty="No mail yet. Connect a department to its mailbox.",
    ).page()
    return {**found, "boxes": queries.mailboxes(request.uow)}


@page("admin.support_mail.one", ONE, permission=MAY, template="admin/support_mail/one.pt")
def show(request: Any) -> dict[str, Any]:
    """One mail with its headers as they came."""
    return _facts(request, _find(request), Form())


@page("admin.support_mail.raw", ONE + "download/", permission=MAY)
def download(request: Any) -> Response:
    """The whole mail as a file, to be saved and never shown."""
    found = _find(request)
    response = Response(body=queries.raw_of(request.uow, found), content_type="application/octet-stream")
    response.headers["Content-Disposition"] = f'attachment; filename="mail-{found.id}.eml"'
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.cache_control = "private, no-store"
    return response


@page("admin.support_mail.open", ONE + "open/", method="POST", permission=MAY, audit="mail.take")
def open_ticket(request: Any) -> HTTPSeeOther:
    """A ticket from it."""
    ticket = acting.open_ticket(request.uow, _find(request))
    return _to_ticket(request, ticket, f"Opened {ticket.reference}")


@page(
    "admin.support_mail.put", ONE + "put/", method="POST", permission=MAY, audit="mail.take",
    template="admin/support_mail/one.pt",
)  # fmt: skip
def put(request: Any) -> Any:
    """Into a ticket that is there."""
    found, form = _find(request), read_form(request, Target)
    return _done(
        request, found, form,
        lambda: _to_ticket(
            request, acting.put_into(request.uow, found, form.checked().reference), "Put into the ticket"
        ),
    )  # fmt: skip


@page(
    "admin.support_mail.block", ONE + "block/", method="POST", permission=MAY, audit="mail_block.add",
    template="admin/support_mail/one.pt",
)  # fmt: skip
def block(request: Any) -> Any:
    """Take nothing from this address any more."""
    found = _find(request)

    def act() -> HTTPSeeOther:
        acting.block_sender(request.uow, found)
        flash(request, "ok", f"{found.sender} is blocked")
        return HTTPSeeOther(request.route_path("admin.support_mail.rules"))

    return _done(request, found, Form(model=Target()), act)


def _done(request: Any, found: ReceivedMail, form: Form[Any], act: Callable[[], Any]) -> Any:
    if form.is_valid:
        try:
            return act()
        except InvalidInput as error:
            form.refuse(error)
    request.response.status_code = 422
    return _facts(request, found, form)


def _to_ticket(request: Any, ticket: Ticket, said: str) -> HTTPSeeOther:
    flash(request, "ok", said)
    return HTTPSeeOther(request.route_path("admin.ticket", reference=ticket.reference))


def _find(request: Any) -> ReceivedMail:
    return queries.by_id(request.uow, path_id(request))


def _facts(request: Any, found: ReceivedMail, form: Form[Any]) -> dict[str, Any]:
    session = request.uow.session
    ticket = session.get(Ticket, found.ticket_id) if found.ticket_id else None
    return {
        "mail": found,
        "department": session.get_one(Department, found.department_id),
        "reference": ticket.reference if ticket is not None else None,
        "can_act": found.outcome not in acting.DONE,
        "form": form,
        "errors": form.errors,
        "labels": LABELS,
    }
