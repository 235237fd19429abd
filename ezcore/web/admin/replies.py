"""/admin/support/replies/: texts to begin an answer with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Final

from pydantic import BaseModel, StringConstraints
from pyramid.httpexceptions import HTTPSeeOther

from ezcore.kernel.errors import InvalidInput
from ezcore.support.replies import operations as replies
from ezcore.support.replies.models import CannedReply
from ezcore.support.tickets.rules import LONGEST_MESSAGE
from ezcore.web.admin.tables import Column, link, listing
from ezcore.web.shared.flash import flash
from ezcore.web.shared.forms import Form, read_form
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.views import page

LABELS: Final = {"title": "Title", "body": "Text"}
PLACES: Final = ", ".join("{{ " + name + " }}" for name in replies.PLACES)


class Reply(BaseModel):
    """Title and text."""

    title: Annotated[str, StringConstraints(strip_whitespace=True, max_length=80)] = ""
    body: Annotated[str, StringConstraints(max_length=LONGEST_MESSAGE)] = ""


@page("admin.replies", "/admin/support/replies/", permission="support.manage", template="admin/replies.pt")
def list_replies(request: Any) -> dict[str, Any]:
    """All of them by title."""
    return _list(request, Form())


@page(
    "admin.replies", "/admin/support/replies/", method="POST", permission="support.manage", audit="reply.add",
    template="admin/replies.pt",
)  # fmt: skip
def add(request: Any) -> Any:
    """A new one."""
    form = read_form(request, Reply)
    return _saved(request, form, lambda typed: replies.add(request.uow, typed.title, typed.body)) or _list(
        request, form
    )


@page("admin.reply", "/admin/support/replies/{id}/", permission="support.manage", template="admin/reply.pt")
def show(request: Any) -> dict[str, Any]:
    """One of them."""
    found = replies.by_id(request.uow, path_id(request))
    return _one(found, Form(values={"title": found.title, "body": found.body}))


@page(
    "admin.reply", "/admin/support/replies/{id}/", method="POST", permission="support.manage",
    audit="reply.change", template="admin/reply.pt",
)  # fmt: skip
def save(request: Any) -> Any:
    """Other words."""
    found, form = replies.by_id(request.uow, path_id(request)), read_form(request, Reply)
    act = lambda typed: replies.change(request.uow, found, typed.title, typed.body)  # noqa: E731
    return _saved(request, form, act) or _one(found, form)


@page(
    "admin.reply.remove", "/admin/support/replies/{id}/remove/", method="POST", permission="support.manage",
    audit="reply.remove",
)  # fmt: skip
def remove(request: Any) -> Any:
    """It is not offered any more."""
    replies.remove(request.uow, replies.by_id(request.uow, path_id(request)))
    flash(request, "ok", "Removed")
    return HTTPSeeOther(request.route_path("admin.replies"))


def _saved(request: Any, form: Form[Reply], act: Callable[[Reply], Any]) -> Any:
    """The way back when it was right; else None, and the form says what is wrong."""
    if form.is_valid:
        try:
            act(form.checked())
        except InvalidInput as error:
            form.refuse(error)
        else:
            flash(request, "ok", "Saved")
            return HTTPSeeOther(request.route_path("admin.replies"))
    request.response.status_code = 422
    return None


def _list(request: Any, form: Form[Any]) -> dict[str, Any]:
    query = replies.by_title()
    found = listing(
        request,
        query,
        lambda each: [link(request, each[0].title, "admin.reply", each[0].body[:80], id=each[0].id)],
        title="Canned replies",
        lead="Texts to begin an answer with.",
        columns=(Column("Reply"),),
        empty="None yet.",
    ).page()
    return {**found, "form": form, "errors": form.errors, "labels": LABELS, "places": PLACES}


def _one(found: CannedReply, form: Form[Any]) -> dict[str, Any]:
    return {"reply": found, "form": form, "errors": form.errors, "labels": LABELS, "places": PLACES}
