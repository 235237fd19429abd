"""Tables of saved views: the views, and which one a list begins with for whom."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from ezcore.db.base import Base, PrimaryKey
from ezcore.db.types import UtcDateTime


class SavedView(Base):
    """A query of a list under a name. `place` is the route of the list; a shared one is seen by all staff."""

    __tablename__ = "saved_view"
    __table_args__ = (
        UniqueConstraint("user_id", "place", "name"),
        Index("ix_saved_view_shared", "place", "shared"),
    )

    id: Mapped[PrimaryKey]
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    place: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(60))
    query: Mapped[str] = mapped_column(String(1000))
    shared: Mapped[bool] = mapped_column(default=False, server_default=false())
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)


class FirstView(Base):
    """The view that a list begins with for one member of staff."""

    __tablename__ = "saved_view_first"
    __table_args__ = (UniqueConstraint("user_id", "place"),)

    id: Mapped[PrimaryKey]
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    place: Mapped[str] = mapped_column(String(60))
    view_id: Mapped[int] = mapped_column(ForeignKey("saved_view.id"), index=True)
