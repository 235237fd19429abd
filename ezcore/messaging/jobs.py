"""The durable job that hands a queued mail over, once in effect."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import update

from ezcore.jobs.engine import Settled, StepContext
from ezcore.messaging.attachments import AttachedFile, Attachment
from ezcore.messaging.mailer import Letter, MailRefused, choose_mailer
from ezcore.messaging.models import Mail, MailState
from ezcore.messaging.queries import body_of, html_of
from ezcore.messaging.unsubscribing import link
from ezcore.plugin_api.errors import PermanentFailure, StillRunning
from ezcore.plugin_api.jobs import MAIL, JobKind
from ezcore.plugin_api.ports.file_store import FileLost
from ezcore.work import UnitOfWork
from ezcore.work.stored_files import choose_store

log = logging.getLogger(__name__)

LOOK_EVERY = 10.0
PATIENCE = 60
"""How many times a mail looks for a file that is still being made: ten minutes."""


def hand_over(context: StepContext) -> None:
    """Give the mail to the mailer; no transaction is open meanwhile.

    Raises: PermanentFailure when the server refuses it for good; anything else is tried again by the ladder.
    """
    mail_id = int(context.payload["mail_id"])
    with context.work.read() as uow:
        mail = uow.session.get_one(Mail, mail_id)
        letter = Letter(mail.recipient, mail.subject, body_of(uow, mail), mail.message_id, mail.queued_at)
        letter = replace(letter, html=html_of(uow, mail), unsubscribe=_way_out(uow, mail))
        letter = replace(letter, reply_to=mail.reply_to or "", references=tuple(mail.refs))
        wanted = [Attachment(**one) for one in mail.attachments]
    letter = replace(letter, attachments=_read(context, wanted))
    try:
        choose_mailer(context.work.settings).send(letter)
    except MailRefused as refusal:
        _note(context, mail_id, MailState.FAILED, refusal.message)
        raise PermanentFailure(f"the mail server refused it: {refusal.message}") from refusal
    except Exception as error:
        _note(context, mail_id, MailState.QUEUED, f"{type(error).__name__}: {error}")
        raise


def _way_out(uow: UnitOfWork, mail: Mail) -> str:
    return link(uow, mail.client_id) if mail.marketing and mail.client_id is not None else ""


def _read(context: StepContext, wanted: Sequence[Attachment]) -> tuple[AttachedFile, ...]:
    """The files of the mail. One that is still being made is waited for; after a while the mail goes without it."""
    store, found = choose_store(context.work.settings), []
    looks = int((context.handle or {}).get("looks", 0))
    for one in wanted:
        try:
            found.append(AttachedFile(one.name, one.content_type, store.get(one.file)))
        except FileLost as lost:
            if looks < PATIENCE:
                raise StillRunning(LOOK_EVERY, {"looks": looks + 1}, f"waits for {one.name}") from lost
            log.warning("mail %s goes without %s: %s", context.payload["mail_id"], one.name, lost.message)
    return tuple(found)


def mark_sent(uow: UnitOfWork, context: StepContext, _result: Any) -> None:
    """It is out: write that down with the end of the step."""
    mail = uow.session.get_one(Mail, int(context.payload["mail_id"]))
    mail.state, mail.sent_at, mail.cause = MailState.SENT, uow.now(), None


def _note(context: StepContext, mail_id: int, state: MailState, cause: str) -> None:
    with context.work.write() as uow:
        uow.session.execute(
            update(Mail)
            .where(Mail.id == mail_id, Mail.state == MailState.QUEUED)
            .values(state=state, cause=cause[:2000])
        )


SEND = JobKind(
    "messaging.send",
    "Send a mail",
    MAIL,
    [Settled("hand_over", "Hand over to the mail server", run=hand_over, settle=mark_sent)],
    priority=5,
)
