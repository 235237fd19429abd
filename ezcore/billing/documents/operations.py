"""Verbs of documents: hand a file out, attach it to a mail."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from hashlib import sha256

from ezcore.billing.documents import queries
from ezcore.billing.documents.document import file_name
from ezcore.billing.documents.einvoice import NoEInvoice
from ezcore.billing.documents.models import FileFormat, StoredDocument
from ezcore.billing.documents.queries import Found
from ezcore.billing.documents.rendering import CONTENT_TYPES, EXTENSIONS, render
from ezcore.kernel.errors import Refused
from ezcore.messaging.attachments import Attachment
from ezcore.plugin_api.ports.file_store import FileLost
from ezcore.themes.logo import logo_for_print
from ezcore.themes.queries import chain_in_use
from ezcore.work import UnitOfWork
from ezcore.work.stored_files import choose_store

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class HandedOut:
    """A file as it is sent: `name` is what it is saved under."""

    name: str
    content_type: str
    content: bytes


def hand_out(uow: UnitOfWork, found: Found, form: FileFormat) -> HandedOut:
    """The stored file, checked by its hash. What is missing or changed is made again, which is noted in the log.

    Writes nothing but the very file that was lost, and only when it came out the same; so a GET may call it.
    Raises: Refused when the document has no file of this format, with the reason.
    """
    name = file_name(found.document, EXTENSIONS[form])
    row = queries.stored(uow, found, form)
    content = _kept(uow, row) if row is not None else None
    if content is None:
        content = _made_again(uow, found, form, row)
    return HandedOut(name, CONTENT_TYPES[form], content)


def attachment_of(uow: UnitOfWork, invoice_id: int) -> tuple[Attachment, ...]:
    """The PDF of an invoice for a mail; none where files are made only when somebody asks for them."""
    if not uow.settings.billing.documents_at_issue:
        return ()
    found = queries.found_of(uow, queries.INVOICE, invoice_id)
    name = file_name(found.document, EXTENSIONS[FileFormat.PDF])
    return (Attachment(stored_as(found, FileFormat.PDF), name, CONTENT_TYPES[FileFormat.PDF]),)


def stored_as(found: Found, form: FileFormat) -> str:
    """The key of a file: with the hash of the content, so that an old copy of a database never finds a stranger's."""
    return f"documents/{found.document.kind}/{found.subject_id}-{found.content_hash[:24]}.{EXTENSIONS[form]}"


def _kept(uow: UnitOfWork, row: StoredDocument) -> bytes | None:
    try:
        content = choose_store(uow.settings).get(row.file)
    except FileLost as lost:
        log.error("%s; it is made again", lost.message)  # noqa: TRY400 - the message says it all
        return None
    if sha256(content).hexdigest() != row.sha256:
        log.error("the file %s is not what was stored; it is made again", row.file)
        return None
    return content


def _made_again(uow: UnitOfWork, found: Found, form: FileFormat, row: StoredDocument | None) -> bytes:
    document = found.document
    if row is not None:
        document = replace(document, language=row.language)
    try:
        content = render(document, form, chain_in_use(uow), logo_for_print(uow))
    except NoEInvoice as reason:
        raise Refused(reason.message) from reason
    if row is None:
        return content
    if sha256(content).hexdigest() != row.sha256:
        log.warning("the file %s came out differently: templates changed since it was made", row.file)
        return content
    try:
        choose_store(uow.settings).put(row.file, content)
    except OSError:
        log.exception("the file %s could not be put back", row.file)
    return content
