"""Verbs of mail: queue one with the change that wants it; say one again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select

from ezcore.audit import operations as audit
from ezcore.db.once import insert_once
from ezcore.jobs import operations as jobs
from ezcore.messaging.attachments import Attachment
from ezcore.messaging.copies.queries import copies_to
from ezcore.messaging.jobs import SEND
from ezcore.messaging.models import Mail, MailState, sealed_as
from ezcore.messaging.printing import print_mail
from ezcore.messaging.queries import body_of, html_of
from ezcore.messaging.rules import Text, Value, check_address
from ezcore.messaging.templates import DEFAULT_LANGUAGE
from ezcore.work import UnitOfWork

RESEND = "clients.manage"
EARLIER = 3
"""So many earlier mails of a conversation are named; the root is always."""


@dataclass(frozen=True)
class Talk:
    """A conversation that a mail is part of; what its reader writes back goes to `reply_to`.

    `root` is the Message-ID that it begins with, `answers` the one from outside that is answered, if there is one.
    """

    root: str
    reply_to: str = ""
    answers: str = ""


@dataclass(frozen=True)
class Envelope:
    """To whom a text goes and why: `key` names the reason, so that asking twice sends once."""

    template: str
    recipient: str
    key: str
    client_id: int | None = None
    language: str = DEFAULT_LANGUAGE
    attachments: Sequence[Attachment] = ()
    marketing: bool = False
    resent_from_id: int | None = None
    talk: Talk | None = None


def queue_mail(
    uow: UnitOfWork,
    template: str,
    recipient: str,
    values: Mapping[str, Value],
    *,
    key: str,
    client_id: int | None = None,
    language: str = DEFAULT_LANGUAGE,
    attachments: Sequence[Attachment] = (),
    talk: Talk | None = None,
) -> Mail:
    """Print a template now and send it after commit, once per (key, template, recipient).

    `key` names the event that wants the mail, such as ``invoice:7:issued``. Every template also knows
    ``shop`` (the shop's name) and ``site`` (its address); themes/base/mail/README.md lists the other values.
    `attachments` name files of the store; the mail waits a while for one that is still being made.
    Contacts of the client who want mails like this one get the same text (see `copies`). `talk` is the conversation.
    Raises: BadTemplate for an unknown template or placeholder, BadRecipient.
    """
    shop = uow.settings.shop
    text, tongue = print_mail(uow, template, {"shop": shop.name, "site": shop.site_url, **values}, language)
    to = Envelope(template, recipient, key, client_id, tongue, attachments, talk=talk)
    for address in copies_to(uow, template, client_id, recipient):
        queue_text(uow, text, replace(to, recipient=address))
    return queue_text(uow, text, to)


def queue_text(uow: UnitOfWork, text: Text, to: Envelope) -> Mail:
    """Send a printed text after commit, once per (key, template, recipient). Raises: BadRecipient."""
    message_id = _message_id(uow)
    name = sealed_as(message_id)
    mail_id = insert_once(
        uow.session,
        Mail,
        {
            "key": to.key,
            "template": to.template,
            "recipient": check_address(to.recipient),
            "language": to.language,
            "subject": text.subject,
            "body": uow.box.seal(name, text.body),
            "html": uow.box.seal(name, text.html) if text.html else None,
            "attachments": [asdict(one) for one in to.attachments],
            "message_id": message_id,
            **_part_of(uow, to),
            "client_id": to.client_id,
            "resent_from_id": to.resent_from_id,
            "marketing": to.marketing,
            "state": MailState.QUEUED,
            "queued_at": uow.now(),
        },
    )
    if mail_id is None:
        return _found(uow, to.template, to.recipient, to.key)
    jobs.enqueue(
        uow, SEND, f"mail:{mail_id}", {"mail_id": mail_id}, subject=("mail", mail_id), client_id=to.client_id
    )
    return uow.session.get_one(Mail, mail_id)


def queue_test(uow: UnitOfWork, text: Text, template: str, recipient: str) -> Mail:
    """Send a text to whoever writes it, marked as a test. Raises: BadRecipient."""
    marked = replace(text, subject=f"[Test] {text.subject}")
    return queue_text(uow, marked, Envelope(template, recipient, uow.ids.key("test")))


def resend(uow: UnitOfWork, old: Mail) -> Mail:
    """Say a mail again, word by word, as a mail of its own that names the old one. Raises: NotAllowed; BadRecipient."""
    uow.actor.require(RESEND)
    text = Text(old.subject, body_of(uow, old), html_of(uow, old))
    files = [Attachment(**one) for one in old.attachments]
    to = Envelope(
        old.template,
        old.recipient,
        uow.ids.key("resend"),
        old.client_id,
        old.language,
        files,
        old.marketing,
        old.id,
        Talk(old.thread, old.reply_to or "") if old.thread else None,
    )
    made = queue_text(uow, text, to)
    audit.record(uow, "mail.resend", "mail", old.id, client_id=old.client_id, after={"mail": made.id})
    return made


def _found(uow: UnitOfWork, template: str, recipient: str, key: str) -> Mail:
    same = (Mail.key == key, Mail.template == template, Mail.recipient == recipient)
    return uow.session.scalars(select(Mail).where(*same)).one()


def _part_of(uow: UnitOfWork, to: Envelope) -> dict[str, Any]:
    """Where it stands in its conversation: after the last mails to the same reader, and what they wrote."""
    if to.talk is None:
        return {}
    mine = (Mail.thread == to.talk.root, Mail.recipient == to.recipient)
    before = select(Mail.message_id).where(*mine).order_by(Mail.id.desc()).limit(EARLIER)
    refs = [to.talk.root, *reversed(uow.session.scalars(before).all())]
    refs += [to.talk.answers] if to.talk.answers else []
    return {"thread": to.talk.root, "refs": refs, "reply_to": to.talk.reply_to or None}


def _message_id(uow: UnitOfWork) -> str:
    host = urlsplit(uow.settings.shop.site_url).hostname or "localhost"
    return f"<{uow.ids.key('mail')}@{host}>"
