"""Reads mailboxes by IMAP: each mail is marked as done only after its unit of work is over, so it is posted once."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from ezcore.db.sealed import CannotOpen
from ezcore.jobs import operations as jobs
from ezcore.jobs.engine.context import StepContext
from ezcore.jobs.models import Job, JobState
from ezcore.kernel.crashpoint import crashpoint
from ezcore.plugin_api.jobs import RECONCILE, JobKind, Step
from ezcore.support.mail import receiving
from ezcore.support.mail.imap import Connection, Login, MailboxTrouble, Waiting
from ezcore.support.mail.models import Mailbox
from ezcore.support.tickets.models import Department
from ezcore.work import UnitOfWork, Work

log = logging.getLogger(__name__)
MOST: Final = 100
"""Mails per look; the next look takes the rest."""
MINUTE: Final = 60
DOOR: Final = "imap"


@dataclass
class Look:
    """What one look at a mailbox brought: mails that are new, those that were known, and what was wrong."""

    new: int = 0
    known: int = 0
    trouble: str = ""


def ask_all(uow: UnitOfWork) -> int:
    """Queue a look at each active mailbox that nobody looks at yet; gives how many."""
    open_jobs = select(Job.subject_id).where(
        Job.kind == READ.name, Job.state.in_((JobState.QUEUED, JobState.RUNNING))
    )
    query = select(Mailbox.id).where(Mailbox.active, Mailbox.id.not_in(open_jobs))
    due, slot = uow.session.scalars(query).all(), int(uow.now().timestamp() // MINUTE)
    for mailbox_id in due:
        key = f"support-mail:{mailbox_id}:{slot}"
        jobs.enqueue(uow, READ, key, {"mailbox_id": mailbox_id}, subject=("mailbox", mailbox_id))
    return len(due)


def poll(work: Work, mailbox_id: int) -> Look:
    """Take in what waits in a mailbox. What is wrong with the server stands in the mailbox's row; nothing is raised."""
    look = Look()
    try:
        with Connection(_login(work, mailbox_id)) as connection:
            for waiting in connection.waiting(MOST):
                _take(work, mailbox_id, connection, waiting, look)
    except MailboxTrouble as trouble:
        look.trouble = trouble.message
    _note(work, mailbox_id, look.trouble)
    return look


def _take(work: Work, mailbox_id: int, connection: Connection, waiting: Waiting, look: Look) -> None:
    whole = waiting.size <= work.settings.support.mail_mb * receiving.MB
    raw = connection.fetch(waiting.uid, whole=whole)
    try:
        mail = receiving.read(raw, DOOR, size=None if whole else waiting.size)
        with work.write() as uow:
            mailbox = uow.session.get_one(Mailbox, mailbox_id)
            department = uow.session.get_one(Department, mailbox.department_id)
            _, is_new = receiving.receive(uow, department, mail)
    except Exception as error:
        # One mail that cannot be taken in must not keep the others out; it stays unread and is tried again.
        log.exception("mail %s of mailbox %s", waiting.uid, mailbox_id)
        look.trouble = f"mail {waiting.uid} could not be taken in: {type(error).__name__}"
        return
    crashpoint("support.mail.received")
    connection.done(waiting.uid)
    if is_new:
        look.new += 1
    else:
        look.known += 1


def _login(work: Work, mailbox_id: int) -> Login:
    with work.read() as uow:
        found = uow.session.get_one(Mailbox, mailbox_id)
        try:
            password = uow.box.open(found.sealed_as, found.password)
        except CannotOpen as error:
            raise MailboxTrouble("the key of its password is gone; enter the password again") from error
        return Login(
            found.host, found.port, found.security, found.user, password, found.folder, found.done_folder
        )


def _note(work: Work, mailbox_id: int, trouble: str) -> None:
    with work.write() as uow:
        found = uow.session.get_one(Mailbox, mailbox_id)
        found.checked_at, found.trouble = uow.now(), trouble[:400]
        if not trouble:
            found.trouble_since = None
        elif found.trouble_since is None:
            found.trouble_since = uow.now()


def _read(context: StepContext) -> dict[str, object]:
    look = poll(context.work, int(context.payload["mailbox_id"]))
    return {"new": look.new, "known": look.known, "trouble": look.trouble}


READ: Final = JobKind(
    "support.mailbox", "Read a mailbox", RECONCILE, [Step("read", "Take in what waits", run=_read)]
)
