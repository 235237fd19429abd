"""The durable job of a mailing: one chunk, then a minute of rest.

A chunk is written in the transaction that ends the job's step, so a process that dies in it has written nothing and
the next one writes it whole; recipients that are done never wait again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import select

from ezcore.jobs import operations as jobs
from ezcore.jobs.engine import Settled, StepContext
from ezcore.kernel.crashpoint import crashpoint
from ezcore.kernel.errors import EzError
from ezcore.messaging.mailings import queries
from ezcore.messaging.mailings.models import Mailing, MailingRecipient, MailingState, RecipientState
from ezcore.messaging.mailings.printing import print_for
from ezcore.messaging.operations import Envelope, queue_text
from ezcore.plugin_api.jobs import MAIL, JobKind
from ezcore.work import UnitOfWork

REST: Final = timedelta(minutes=1)


def send_chunk(uow: UnitOfWork, context: StepContext, _result: Any) -> None:
    """Write the mails of one chunk and ask for the next; nothing when the mailing is held or over."""
    mailing_id, turn = int(context.payload["mailing_id"]), int(context.payload["turn"])
    mailing = uow.session.get_one(Mailing, mailing_id, with_for_update=True)
    if mailing.state != MailingState.SENDING or mailing.turn != turn:
        return
    waiting = (
        MailingRecipient.mailing_id == mailing_id,
        MailingRecipient.chunk == int(context.payload["chunk"]),
        MailingRecipient.state == RecipientState.WAITING,
    )
    _write(uow, mailing, uow.session.scalars(select(MailingRecipient).where(*waiting)).all())
    uow.session.flush()
    mailing.next_at = uow.database_now() + REST
    ask_for_next(uow, mailing)


def ask_for_next(uow: UnitOfWork, mailing: Mailing) -> None:
    """Queue the next chunk for when the rest is over; without one the mailing is done."""
    chunk = queries.next_chunk(uow, mailing.id)
    if chunk is None:
        mailing.state, mailing.ended_at = MailingState.DONE, uow.now()
        return
    mailing.chunk = chunk
    payload = {"mailing_id": mailing.id, "turn": mailing.turn, "chunk": chunk}
    now = uow.database_now()
    jobs.enqueue(
        uow,
        SEND_CHUNK,
        f"mailing:{mailing.id}:{mailing.turn}:{chunk}",
        payload,
        subject=("mailing", mailing.id),
        run_at=max(now, mailing.next_at or now),
    )


def _write(uow: UnitOfWork, mailing: Mailing, recipients: Sequence[MailingRecipient]) -> None:
    refused = queries.refusing(uow, [one.client_id for one in recipients]) if mailing.marketing else set()
    for one in recipients:
        if one.client_id in refused:
            one.state = RecipientState.REFUSED
            continue
        try:
            text = print_for(uow, mailing, one.details, one.client_id, one.language)
            to = Envelope(
                "mailing", one.email, f"mailing:{mailing.id}:{one.client_id}", one.client_id, one.language,
                marketing=mailing.marketing,
            )  # fmt: skip
            one.mail_id = queue_text(uow, text, to).id
        except EzError as error:  # an address that is none, a text that cannot be printed
            one.state, one.cause = RecipientState.FAILED, error.message
            continue
        one.state = RecipientState.MAILED
        crashpoint("mailing.written")


SEND_CHUNK: Final = JobKind(
    "messaging.mailing",
    "Send a part of a mailing",
    MAIL,
    [Settled("send", "Write the mails of one minute", settle=send_chunk)],
    priority=-5,
)
