"""Files of documents that were made: which, where, and the hash by which a changed file is noticed."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from ezcore.db.base import Base, PrimaryKey
from ezcore.db.types import UtcDateTime


class FileFormat(StrEnum):
    """The files of a document: PDF (with the e-invoice inside where there is one), CII and UBL."""

    PDF = "pdf"
    CII = "cii"
    UBL = "ubl"


class StoredDocument(Base):
    """One file, made once. `kind` is the document's, `subject_id` the invoice's or the credit note's id.

    `file` is its key in the file store, `language` the one it was made in, so that it can be made again alike.
    """

    __tablename__ = "invoice_document"
    __table_args__ = (Index("ux_invoice_document", "kind", "subject_id", "format", unique=True),)

    id: Mapped[PrimaryKey]
    kind: Mapped[str] = mapped_column(String(12))
    subject_id: Mapped[int]
    format: Mapped[str] = mapped_column(String(4))
    client_id: Mapped[int] = mapped_column(index=True)
    file: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    language: Mapped[str] = mapped_column(String(12))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
