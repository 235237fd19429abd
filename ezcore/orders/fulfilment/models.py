"""The stages in which a bundle is delivered."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ezcore.db.base import Base, PrimaryKey
from ezcore.db.types import JsonList, UtcDateTime


class StageState(StrEnum):
    """`held`: something before it failed for good. `undone`: it was done and was taken back."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    HELD = "held"
    UNDOING = "undoing"
    UNDONE = "undone"


class OrderStage(Base):
    """One stage of an order. It starts when every stage named in `after` is done; `job_id` is the work it waits for."""

    __tablename__ = "order_stage"
    __table_args__ = (UniqueConstraint("order_id", "name"),)

    id: Mapped[PrimaryKey]
    order_id: Mapped[int] = mapped_column(ForeignKey("client_order.id"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(280))
    kind: Mapped[str] = mapped_column(String(12))
    title: Mapped[str] = mapped_column(String(340))
    after: Mapped[JsonList]
    state: Mapped[str] = mapped_column(String(10), default=StageState.WAITING)
    service_id: Mapped[int | None] = mapped_column(ForeignKey("service.id"), index=True)
    domain: Mapped[str | None] = mapped_column(String(253))
    zone_id: Mapped[int | None] = mapped_column(index=True)
    job_id: Mapped[int | None] = mapped_column(index=True)
    note: Mapped[str | None] = mapped_column(Text)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
