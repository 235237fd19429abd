"""Verbs of attachments: keep what came with a message, hand it out again."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from ezcore.kernel.errors import NotFound
from ezcore.plugin_api.ports.file_store import FileLost
from ezcore.support.attachments.models import TicketFile, key_of
from ezcore.support.attachments.rules import Upload
from ezcore.work import UnitOfWork
from ezcore.work.stored_files import choose_store


def keep(uow: UnitOfWork, ticket_id: int, message_id: int, uploads: Sequence[Upload]) -> None:
    """Put checked files at a message. The bytes are on the disk before the row is: a row never points to nothing.

    A file whose unit of work fails afterwards stays behind unseen; the next one with the same content takes its place.
    """
    store = choose_store(uow.settings)
    for one in uploads:
        digest = sha256(one.content).hexdigest()
        store.put(key_of(digest), one.content)
        row = TicketFile(
            ticket_id=ticket_id, message_id=message_id, name=one.name, size=len(one.content), sha256=digest,
            at=uow.now(),
        )  # fmt: skip
        uow.session.add(row)
    uow.session.flush()


def content_of(uow: UnitOfWork, file: TicketFile) -> bytes:
    """The bytes. Raises: NotFound when the store has lost them."""
    try:
        return choose_store(uow.settings).get(file.key)
    except FileLost as lost:
        raise NotFound("This file is not here any more") from lost
