"""Tables of the shop's own pages: every version that was ever published stays, and who accepted which."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ezcore.db.base import Base, PrimaryKey
from ezcore.db.types import UtcDateTime


class PageName(StrEnum):
    """The pages there are; each is at its name."""

    TERMS = "terms"
    PRIVACY = "privacy"
    ABOUT = "about"


class PageVersion(Base):
    """One version of a page. A draft may be changed; what was published is never changed again, only withdrawn."""

    __tablename__ = "page_version"
    __table_args__ = (UniqueConstraint("page", "number"),)

    id: Mapped[PrimaryKey]
    page: Mapped[str] = mapped_column(String(10))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(160))
    body: Mapped[str] = mapped_column(Text)
    author_name: Mapped[str] = mapped_column(String(200))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class TermsAcceptance(Base):
    """Who accepted which version with which order, when and from where."""

    __tablename__ = "terms_acceptance"

    id: Mapped[PrimaryKey]
    version_id: Mapped[int] = mapped_column(ForeignKey("page_version.id"), index=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("client_order.id"), unique=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    user_id: Mapped[int | None]
    ip: Mapped[str | None] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
