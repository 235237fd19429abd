"""Verbs of mail: queue one with the change that wants it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from urllib.parse import urlsplit

from sqlalchemy import select

from ezcore.db.once import insert_once
from ezcore.jobs import operations as jobs
from ezcore.messaging.attachments import Attachment
from ezcore.messaging.jobs import SEND
from ezcore.messaging.models import Mail, MailState, sealed_as
from ezcore.messaging.printing import print_mail
from ezcore.messaging.rules import Value, check_address
from ezcore.messaging.templates import DEFAULT_LANGUAGE
from ezcore.work import UnitOfWork


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
) -> Mail:
    """Print a template now and send it after commit, once per (key, template, recipient).

    `key` names the event that wants the mail, such as ``invoice:7:issued``. Every template also knows
    ``shop`` (the shop's name) and ``site`` (its address); themes/base/mail/README.md lists the other values.
    `attachments` name files of the store; the mail waits a while for one that is still being made.
    Raises: BadTemplate for an unknown template or placeholder, BadRecipient.
    """
    shop = uow.settings.shop
    text, tongue = print_mail(uow, template, {"shop": shop.name, "site": shop.site_url, **values}, language)
    message_id = _message_id(uow)
    mail_id = insert_once(
        uow.session,
        Mail,
        {
            "key": key,
            "template": template,
            "recipient": check_address(recipient),
            "language": tongue,
            "subject": text.subject,
            "body": uow.box.seal(sealed_as(message_id), text.body),
            "attachments": [asdict(one) for one in attachments],
            "message_id": message_id,
            "client_id": client_id,
            "state": MailState.QUEUED,
            "queued_at": uow.now(),
        },
    )
    if mail_id is None:
        return _found(uow, template, recipient, key)
    jobs.enqueue(
        uow, SEND, f"mail:{mail_id}", {"mail_id": mail_id}, subject=("mail", mail_id), client_id=client_id
    )
    return uow.session.get_one(Mail, mail_id)


def _found(uow: UnitOfWork, template: str, recipient: str, key: str) -> Mail:
    same = (Mail.key == key, Mail.template == template, Mail.recipient == recipient)
    return uow.session.scalars(select(Mail).where(*same)).one()


def _message_id(uow: UnitOfWork) -> str:
    host = urlsplit(uow.settings.shop.site_url).hostname or "localhost"
    return f"<{uow.ids.key('mail')}@{host}>"
