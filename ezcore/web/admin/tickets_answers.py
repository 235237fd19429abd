"""An answer of the knowledge base in a reply: staff look for one while they write, and put its link in."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, StringConstraints

from ezcore.publishing.articles import queries as articles
from ezcore.publishing.articles.models import Article
from ezcore.publishing.articles.rules import LONGEST
from ezcore.support.tickets.models import Ticket
from ezcore.support.tickets.rules import LONGEST_MESSAGE
from ezcore.web.admin.ticket_page import facts, find
from ezcore.web.shared.forms import Form, read_form
from ezcore.web.shared.views import page

SHOWN = 6


class Looking(BaseModel):
    """What is written so far, the words to look for (none: the subject's), and the answer to put in."""

    message: Annotated[str, StringConstraints(max_length=LONGEST_MESSAGE)] = ""
    look: Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST)] = ""
    put: Annotated[str, StringConstraints(max_length=80)] = ""


@page(
    "admin.ticket.answers", "/admin/tickets/{reference}/answers/", method="POST", permission="support.manage",
    audit="none: nothing is kept until the reply is sent", template="admin/ticket.pt",
)  # fmt: skip
def look_for_answers(request: Any) -> dict[str, Any]:
    """The page as it was, with answers that fit, or with the link of the chosen one below what was written."""
    ticket, form = find(request), read_form(request, Looking)
    if not form.is_valid:
        request.response.status_code = 422
        return facts(request, ticket, form)
    typed, kept = form.checked(), Form[Any](values=dict(form.values))
    if not typed.put:
        return facts(request, ticket, kept) | {"found": _found(request, ticket, typed.look)}
    chosen = articles.by_slug(request.uow, typed.put)
    kept.values["message"] = (
        f"{typed.message.rstrip()}\n\n{chosen.title}: {_address(request, chosen)}\n".lstrip()
    )
    return facts(request, ticket, kept)


def _found(request: Any, ticket: Ticket, words: str) -> list[Article]:
    """Published ones that whoever asked may open: a guest has no account, so none of those for clients."""
    uow = request.uow
    every = articles.search(uow, words) if words else articles.suggest(uow, ticket.subject, SHOWN * 2)
    return [one for one in every if ticket.client_id or not one.private][:SHOWN]


def _address(request: Any, chosen: Article) -> str:
    path = request.route_path("help.article", slug=chosen.slug)
    return f"{request.settings.shop.site_url.rstrip('/')}{path}"
