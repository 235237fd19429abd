"""I12: what was issued is what is stored. The content hash of every document is computed again from its rows."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from ezcore.billing.credit_notes.models import CreditNote
from ezcore.billing.credit_notes.operations import stored_hash as hash_of_note
from ezcore.billing.invoices.models import Invoice
from ezcore.billing.invoices.rules import stored_hash
from ezcore.work import UnitOfWork

CHUNK = 500
HASH_VERSION = 2


def altered(uow: UnitOfWork) -> Iterator[str]:
    """Numbers of documents that are not what they were when they were issued."""
    after = 0
    whole = (selectinload(Invoice.lines), selectinload(Invoice.taxes))
    while True:
        query = select(Invoice).where(Invoice.id > after, Invoice.number.is_not(None)).order_by(Invoice.id)
        rows = uow.session.scalars(query.options(*whole).limit(CHUNK)).all()
        if not rows:
            break
        after = rows[-1].id
        for row in rows:
            if row.hash_version == HASH_VERSION and stored_hash(row) != row.content_hash:
                yield str(row.number)
        uow.session.expunge_all()
    for note in uow.session.scalars(select(CreditNote).order_by(CreditNote.id)):
        if hash_of_note(note) != note.content_hash:
            yield note.number
