"""Reads of the stages of an order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select

from ezcore.orders.fulfilment.models import OrderStage, StageState
from ezcore.work import UnitOfWork

# As the theme draws steps.
_DRAWN: Final = {
    StageState.WAITING: "todo", StageState.RUNNING: "now", StageState.DONE: "done", StageState.FAILED: "failed",
    StageState.HELD: "todo", StageState.UNDOING: "now", StageState.UNDONE: "undone",
}  # fmt: skip
_SAID: Final = {
    StageState.HELD: "waits until that is solved", StageState.UNDOING: "is being taken back",
    StageState.UNDONE: "was taken back",
}  # fmt: skip


@dataclass(frozen=True)
class ShownStage:
    """A stage as clients see it: no cause, no vendor's words."""

    title: str
    state: str
    started_at: datetime | None
    finished_at: datetime | None


def stages_of(uow: UnitOfWork, order_id: int) -> Sequence[OrderStage]:
    """The stages of an order in their order; none for one that needs none."""
    query = select(OrderStage).where(OrderStage.order_id == order_id)
    return uow.session.scalars(query.order_by(OrderStage.position)).all()


def shown(stages: Sequence[OrderStage]) -> list[ShownStage]:
    """For the client's page."""
    return [
        ShownStage(
            f"{stage.title}: {_SAID[StageState(stage.state)]}" if stage.state in _SAID else stage.title,
            _DRAWN[StageState(stage.state)], stage.started_at, stage.finished_at,
        )
        for stage in stages
    ]  # fmt: skip


def is_parked(stages: Sequence[OrderStage]) -> bool:
    """Did one fail for good, so that a person goes on?"""
    return any(stage.state == StageState.FAILED for stage in stages)


def all_done(stages: Sequence[OrderStage]) -> bool:
    """Is nothing left to do? True for an order without stages."""
    return all(stage.state == StageState.DONE for stage in stages)
