"""Received mails of somebody who is to be forgotten."""

from __future__ import annotations

from typing import Final

from sqlalchemy import ColumnElement, update

from ezcore.support.mail.models import ReceivedMail
from ezcore.work import UnitOfWork

GONE: Final = "Erased"


def forget(uow: UnitOfWork, which: ColumnElement[bool]) -> None:
    """Sender, subject, headers and the way to the whole mail; the row stays, so that no mail is posted again."""
    gone = {"sender": "", "sender_name": "", "subject": GONE, "headers": "", "sha256": None}
    uow.session.execute(
        update(ReceivedMail).where(which).values(gone), execution_options={"synchronize_session": False}
    )
