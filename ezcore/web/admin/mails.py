"""/admin/mails/: what was said to whom, and saying it again. No page shows a mail's text: its links carry tokens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from markupsafe import Markup
from pyramid.httpexceptions import HTTPSeeOther
from sqlalchemy import ColumnElement, select

from ezcore.accounts.models import Client
from ezcore.languages import say
from ezcore.messaging import operations as mails
from ezcore.messaging import queries
from ezcore.messaging.models import Mail, MailState
from ezcore.web.admin.tables import Column, Filter, counted, link, listing
from ezcore.web.shared.flash import flash
from ezcore.web.shared.markup import badge, moment
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.status import kind_and_word
from ezcore.web.shared.views import page

KEEP: Final = ("state", "template", "client")
_LONGEST_ID: Final = 18


@page("admin.mails", "/admin/mails/", permission="mail.read", template="admin/messaging/mails.pt")
def mails_list(request: Any) -> dict[str, Any]:
    """Mails, newest first, with why one was refused; every filter is in the address."""
    zone = request.settings.shop.time_zone
    chosen = {name: request.GET.get(name, "").strip() for name in KEEP}
    query = select(Mail.id, Mail.subject, Mail.template, Mail.recipient, Mail.state, Mail.queued_at, Mail.sent_at,
                   Mail.cause).where(*_only(chosen)).order_by(Mail.id.desc())  # fmt: skip
    if chosen["state"] in set(MailState):
        query = query.where(Mail.state == chosen["state"])

    def row(found: Any) -> list[Any]:
        number, subject, template, recipient, state, queued_at, sent_at, cause = found
        return [
            link(request, subject, "admin.mail", template, id=number),
            badge(state),
            recipient,
            moment(queued_at, zone),
            moment(sent_at, zone),
            say(cause or ""),
        ]

    columns = (Column("Mail"), Column("Status", "c-r"), Column("To", "c-wide"), Column("Queued"),
               Column("Sent", "c-hide"), Column("Cause", "c-wide cause"))  # fmt: skip
    found = listing(
        request,
        query,
        row,
        title="Mails",
        lead="What was said to whom. Mails that wait or were refused are jobs, too.",
        columns=columns,
        keep=KEEP,
        filters=_filters(request, chosen),
        empty="No mail is here.",
    ).page()
    client = request.uow.session.get(Client, int(chosen["client"])) if _is_id(chosen["client"]) else None
    return found | {"chosen": chosen, "client": client}


@page("admin.mail", "/admin/mails/{id}/", permission="mail.read", template="admin/messaging/mail.pt")
def show(request: Any) -> dict[str, Any]:
    """What is known of one mail."""
    mail = queries.by_id(request.uow, path_id(request))
    client = request.uow.session.get(Client, mail.client_id) if mail.client_id else None
    again = request.uow.session.scalars(
        select(Mail.id).where(Mail.resent_from_id == mail.id).order_by(Mail.id)
    )
    zone = request.settings.shop.time_zone
    facts = [
        ("Status", badge(mail.state)),
        ("To", mail.recipient),
        ("Template", f"{mail.template}, {mail.language}"),
        ("Queued", moment(mail.queued_at, zone)),
        ("Sent", moment(mail.sent_at, zone)),
        ("Message id", mail.message_id),
        ("Files", ", ".join(one["name"] for one in mail.attachments) or say("none")),
        ("Says again", _mail_link(request, mail.resent_from_id)),
        ("Said again", Markup(", ").join(_mail_link(request, one) for one in again) or say("no")),
        ("Cause", say(mail.cause or "") or say("none")),
    ]
    if client is not None:
        facts.insert(
            2, ("Client", link(request, client.company or client.name, "admin.client", id=client.id))
        )
    return {"mail": mail, "facts": facts, "may": request.actor.may(mails.RESEND)}


@page(
    "admin.mail.resend", "/admin/mails/{id}/resend/", method="POST", permission=mails.RESEND,
    audit="mail.resend",
)  # fmt: skip
def resend(request: Any) -> Any:
    """Say it again, word by word."""
    made = mails.resend(request.uow, queries.by_id(request.uow, path_id(request)))
    flash(request, "ok", f"It is sent to {made.recipient} again")
    return HTTPSeeOther(request.route_path("admin.mail", id=made.id))


def _mail_link(request: Any, mail_id: int | None) -> Any:
    return (
        link(request, say("Mail ${mail_id}", mail_id=mail_id), "admin.mail", id=mail_id)
        if mail_id
        else say("nothing")
    )


def _only(chosen: Mapping[str, str]) -> list[ColumnElement[bool]]:
    only: list[ColumnElement[bool]] = []
    if chosen["template"]:
        only.append(Mail.template == chosen["template"][:60])
    if chosen["client"]:
        only.append(Mail.client_id == (int(chosen["client"]) if _is_id(chosen["client"]) else 0))
    return only


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _LONGEST_ID


def _filters(request: Any, chosen: Mapping[str, str]) -> list[Filter]:
    counts = counted(request, Mail.state, *_only(chosen))
    others = {name: value for name, value in chosen.items() if value and name != "state"}

    def one(words: str, state: str, count: int) -> Filter:
        query = urlencode(others | ({"state": state} if state else {}))
        return Filter(words, f"{request.path}?{query}", count, chosen["state"] == state)

    every = one("All", "", sum(counts.values()))
    return [every, *(one(kind_and_word(state)[1], state, counts[state]) for state in sorted(counts))]
