"""Tables of the knowledge base."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from ezcore.db.base import Base, PrimaryKey
from ezcore.db.types import UtcDateTime


class ArticleCategory(Base):
    """A shelf of answers. One with a parent has no children of its own: two levels are enough to find something."""

    __tablename__ = "article_category"

    id: Mapped[PrimaryKey]
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    blurb: Mapped[str] = mapped_column(String(200), default="", server_default="")
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("article_category.id"), index=True)
    position: Mapped[int] = mapped_column(default=0, server_default="0")


class Article(Base):
    """An answer. `words` is title, summary and text in small letters without marks, for searching.

    Without `published_at` it is a draft. A private one is for those who have logged in. `views` counts how often it was
    opened by somebody who is not staff.
    """

    __tablename__ = "article"

    id: Mapped[PrimaryKey]
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    category_id: Mapped[int] = mapped_column(ForeignKey("article_category.id"), index=True)
    product_id: Mapped[int | None] = mapped_column(ForeignKey("product.id"), index=True)
    title: Mapped[str] = mapped_column(String(160))
    summary: Mapped[str] = mapped_column(String(200), default="", server_default="")
    body: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text)
    position: Mapped[int] = mapped_column(default=0, server_default="0")
    private: Mapped[bool] = mapped_column(default=False, server_default=false())
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    views: Mapped[int] = mapped_column(default=0, server_default="0")


class ArticleVote(Base):
    """Was this helpful? One answer per reader: `voter` is a print of the login or of the visitor's cookie."""

    __tablename__ = "article_vote"
    __table_args__ = (UniqueConstraint("article_id", "voter"),)

    id: Mapped[PrimaryKey]
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"))
    voter: Mapped[str] = mapped_column(String(64))
    helpful: Mapped[bool]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
