"""Verbs of canned replies: add, change, remove, and print one for a ticket."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Select, select

from ezcore.accounts import queries as accounts
from ezcore.audit import operations as audit
from ezcore.db.once import insert_once
from ezcore.kernel.errors import InvalidInput, NotFound
from ezcore.messaging.errors import BadTemplate
from ezcore.messaging.rules import fill_in
from ezcore.messaging.templates import DEFAULT_LANGUAGE
from ezcore.support.replies.models import CannedReply
from ezcore.support.tickets.models import Ticket
from ezcore.support.tickets.operations import MANAGE
from ezcore.support.tickets.rules import clean_message
from ezcore.work import UnitOfWork

PLACES: Final = ("name", "reference", "subject", "staff", "shop", "site")
LONGEST_TITLE: Final = 80


def every(uow: UnitOfWork) -> Sequence[CannedReply]:
    """All of them by title."""
    return uow.session.scalars(by_title()).all()


def by_title() -> Select[CannedReply]:
    """The list, for a page of it."""
    return select(CannedReply).order_by(CannedReply.title)


def by_id(uow: UnitOfWork, reply_id: int) -> CannedReply:
    """One of them. Raises: NotFound."""
    found = uow.session.get(CannedReply, reply_id)
    if found is None:
        raise NotFound("There is no such reply")
    return found


def add(uow: UnitOfWork, title: str, body: str) -> CannedReply:
    """A new text. Raises: NotAllowed; InvalidInput naming the field."""
    uow.actor.require(MANAGE)
    values = {"title": _title(title), "body": _body(body)}
    made = insert_once(uow.session, CannedReply, values)
    if made is None:
        raise InvalidInput("There is a reply with this title already", field="title")
    audit.record(uow, "reply.add", "support_reply", made, after=values)
    return uow.session.get_one(CannedReply, made)


def change(uow: UnitOfWork, reply: CannedReply, title: str, body: str) -> None:
    """Other words. Raises: NotAllowed; InvalidInput naming the field."""
    uow.actor.require(MANAGE)
    new_title, new_body = _title(title), _body(body)
    same = select(CannedReply.id).where(CannedReply.title == new_title, CannedReply.id != reply.id)
    if uow.session.execute(same).first() is not None:
        raise InvalidInput("There is a reply with this title already", field="title")
    before = {"title": reply.title, "body": reply.body}
    reply.title, reply.body = new_title, new_body
    audit.record(
        uow, "reply.change", "support_reply", reply.id,
        before=before, after={"title": new_title, "body": new_body},
    )  # fmt: skip


def remove(uow: UnitOfWork, reply: CannedReply) -> None:
    """It is not offered any more; what was written with it stays. Raises: NotAllowed."""
    uow.actor.require(MANAGE)
    audit.record(
        uow, "reply.remove", "support_reply", reply.id, before={"title": reply.title, "body": reply.body}
    )
    uow.session.delete(reply)


def printed(uow: UnitOfWork, reply: CannedReply, ticket: Ticket) -> str:
    """The text with its places filled in for this ticket; what a client typed is never read as a place."""
    name = ticket.guest_name or ticket.guest_email or ""
    if ticket.client_id is not None:
        name = accounts.client_facts(uow, ticket.client_id).name
    return _fill(
        reply.body,
        {
            "name": name, "reference": ticket.reference, "subject": ticket.subject,
            "staff": uow.actor.name, "shop": uow.settings.shop.name, "site": uow.settings.shop.site_url,
        },
        uow.settings.shop.time_zone,
    )  # fmt: skip


def _fill(body: str, values: dict[str, str], time_zone: str) -> str:
    # A mail template begins with its subject; a reply has none.
    return fill_in(f"Subject: -\n{body}", values, language=DEFAULT_LANGUAGE, time_zone=time_zone).body


def _title(title: str) -> str:
    found = " ".join(title.split())
    if not found or len(found) > LONGEST_TITLE:
        raise InvalidInput(f"Between 1 and {LONGEST_TITLE} characters", field="title")
    return found


def _body(body: str) -> str:
    try:
        found = clean_message(body)
        _fill(found, dict.fromkeys(PLACES, "x"), "UTC")
    except BadTemplate as error:
        raise InvalidInput(f"{error.message}. There are {', '.join(PLACES)}", field="body") from error
    except InvalidInput as error:
        raise InvalidInput(error.message, field="body") from error
    return found
