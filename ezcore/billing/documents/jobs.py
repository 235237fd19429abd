"""The durable job that makes the files of a document, once, after it was issued."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from ezcore.audit import operations as audit
from ezcore.billing.credit_notes.events import CreditNoteIssued
from ezcore.billing.documents import queries
from ezcore.billing.documents.einvoice import why_none
from ezcore.billing.documents.models import FileFormat, StoredDocument
from ezcore.billing.documents.operations import stored_as
from ezcore.billing.documents.queries import CREDIT_NOTE, INVOICE, Found
from ezcore.billing.documents.rendering import render
from ezcore.billing.invoices.events import InvoiceFinalized, InvoiceIssued
from ezcore.db.once import insert_once
from ezcore.jobs import operations as jobs
from ezcore.jobs.engine.context import Settled, StepContext
from ezcore.jobs.models import Job
from ezcore.kernel.events import Event
from ezcore.plugin_api.jobs import MAIL, JobKind
from ezcore.themes.logo import logo_for_print
from ezcore.themes.queries import chain_in_use
from ezcore.work import UnitOfWork, Work
from ezcore.work.stored_files import choose_store


def after_issue(work: Work, event: Event, _event_id: int) -> None:
    """Subscriber: what was issued gets its files. Told twice, it is one job."""
    subject = _subject(event)
    if subject is not None and work.settings.billing.documents_at_issue:
        with work.write() as uow:
            request(uow, *subject)


def request(uow: UnitOfWork, subject: str, subject_id: int) -> Job:
    """Queue the making of a document's files; one job per document."""
    found = queries.found_of(uow, subject, subject_id)
    key = f"document:{found.document.kind}:{subject_id}:{found.content_hash[:12]}"
    return _enqueue(uow, found, subject, key, anew=False)


def make_anew(uow: UnitOfWork, subject: str, subject_id: int) -> Job:
    """Queue it again although the files are there, such as after a change of the template; the old ones are replaced.

    Raises: NotAllowed, NotFound.
    """
    uow.actor.require("billing.manage")
    found = queries.found_of(uow, subject, subject_id)
    audit.record(uow, "document.make_anew", subject, subject_id, client_id=found.client_id)
    return _enqueue(uow, found, subject, uow.ids.key("document"), anew=True)


def _enqueue(uow: UnitOfWork, found: Found, subject: str, key: str, *, anew: bool) -> Job:
    return jobs.enqueue(
        uow,
        DOCUMENT,
        key,
        {"subject": subject, "id": found.subject_id, "anew": anew},
        subject=(subject, found.subject_id),
        client_id=found.client_id,
    )


def _subject(event: Event) -> tuple[str, int] | None:
    if isinstance(event, InvoiceIssued | InvoiceFinalized):
        return INVOICE, event.invoice_id
    return (CREDIT_NOTE, event.credit_note_id) if isinstance(event, CreditNoteIssued) else None


def _make(context: StepContext) -> list[dict[str, Any]]:
    """Set the files and put them into the store; a row is written only for a file that is there."""
    payload, settings = context.payload, context.work.settings
    with context.work.read() as uow:
        found = queries.found_of(uow, payload["subject"], payload["id"])
        chain, logo = chain_in_use(uow), logo_for_print(uow)
        have = {form for form in FileFormat if queries.stored(uow, found, form) is not None}
    store, made = choose_store(settings), []
    for form in _formats(found):
        if form in have and not payload["anew"]:
            continue
        content = render(found.document, form, chain, logo)
        key = stored_as(found, form)
        store.put(key, content)
        facts = {"file": key, "sha256": sha256(content).hexdigest(), "size": len(content)}
        made.append({"format": str(form), "language": found.document.language, **facts})
    return made


def _formats(found: Found) -> Iterator[FileFormat]:
    yield FileFormat.PDF
    if why_none(found.document) is None:
        yield FileFormat.CII
        yield FileFormat.UBL


def _note(uow: UnitOfWork, context: StepContext, result: Any) -> None:
    found = queries.found_of(uow, context.payload["subject"], context.payload["id"])
    for facts in result:
        values = {
            "kind": str(found.document.kind),
            "subject_id": found.subject_id,
            "client_id": found.client_id,
            "made_at": uow.now(),
            **facts,
        }
        if insert_once(uow.session, StoredDocument, values) is None:
            row = queries.stored(uow, found, FileFormat(facts["format"]))
            assert row is not None
            row.file, row.sha256, row.size = facts["file"], facts["sha256"], facts["size"]
            row.language, row.made_at = facts["language"], uow.now()


DOCUMENT = JobKind(
    "billing.document",
    "Make the files of a document",
    MAIL,
    [Settled("make", "Set the PDF and the e-invoice", run=_make, settle=_note)],
    priority=6,  # just before mail: it waits for the file
)
