"""The saga of a bundle, as rows: a stage starts when those before it are done.

Everything is written in the transaction that hears what happened: killed at any line, it goes on from rows and jobs.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, update

from ezcore.audit import operations as audit
from ezcore.db.once import insert_once
from ezcore.domain_names.zones.models import Zone
from ezcore.jobs import operations as jobs
from ezcore.kernel.errors import Refused
from ezcore.orders.fulfilment import parking, queries
from ezcore.orders.fulfilment.models import OrderStage, StageState
from ezcore.orders.fulfilment.plan import Line, covers, plan
from ezcore.orders.fulfilment.starting import begin
from ezcore.orders.orders.events import OrderDelivered
from ezcore.orders.orders.models import Order, OrderLine, OrderStatus
from ezcore.services.services.models import Service, ServiceState
from ezcore.work import UnitOfWork


def lay_out(uow: UnitOfWork, order_id: int, services: Sequence[Service]) -> bool:
    """Write the stages of an order once, and start what waits for nothing; False when it needs none."""
    if not queries.stages_of(uow, order_id):
        lines = [
            Line(one.id, one.label, one.module, one.params, one.settings, one.parent_id) for one in services
        ]
        for position, stage in enumerate(plan(lines, _zones(uow, lines, services))):
            values = {
                "order_id": order_id, "position": position, "name": stage.name, "kind": stage.kind,
                "title": stage.title, "after": list(stage.after), "service_id": stage.service_id,
                "domain": stage.domain, "state": StageState.WAITING,
            }  # fmt: skip
            insert_once(uow.session, OrderStage, values)
    if not queries.stages_of(uow, order_id):
        return False
    go_on(uow, order_id)
    return True


def go_on(uow: UnitOfWork, order_id: int) -> None:
    """Start every stage whose predecessors are done, as often as that makes others ready; close what is complete."""
    order = uow.session.get_one(Order, order_id)
    started = True
    while started:
        stages = queries.stages_of(uow, order_id)
        done = {stage.name for stage in stages if stage.state == StageState.DONE}
        ready = [one for one in stages if one.state == StageState.WAITING and done.issuperset(one.after)]
        started = bool(ready)
        for stage in ready:
            _start(uow, order, stage)
    close(uow, order_id)


def done(uow: UnitOfWork, stage: OrderStage, note: str | None = None) -> None:
    """What the stage waited for is done."""
    if stage.state == StageState.DONE:
        return
    stage.state, stage.note = StageState.DONE, note
    stage.started_at, stage.finished_at = stage.started_at or uow.now(), uow.now()
    audit.record(uow, "order.stage_done", "order", stage.order_id, after={"stage": stage.name})
    jobs.settle_question(uow, parking.question_of(stage), "it is done")
    uow.session.flush()


def reopen(uow: UnitOfWork, stage: OrderStage) -> None:
    """The work of a stage that failed runs again: what it held waits again, what was taken back is made again."""
    stage.state, stage.note, stage.finished_at = StageState.RUNNING, None, None
    jobs.settle_question(uow, parking.question_of(stage), "it is tried again")
    for other in queries.stages_of(uow, stage.order_id):
        if other.state == StageState.HELD and not _held_by_others(uow, other, stage):
            other.state, other.note = StageState.WAITING, None
        elif other.state == StageState.UNDONE:
            other.state, other.job_id, other.started_at, other.finished_at = (
                StageState.WAITING,
                None,
                None,
                None,
            )
    uow.session.flush()
    go_on(uow, stage.order_id)


def taken_back(uow: UnitOfWork, stage: OrderStage) -> None:
    """A zone is removed. When the order is tried again meanwhile, it is made anew."""
    parked = queries.is_parked(queries.stages_of(uow, stage.order_id))
    stage.state = StageState.UNDONE if parked else StageState.WAITING
    stage.finished_at, stage.zone_id, stage.job_id = (uow.now() if parked else None), None, None
    uow.session.flush()
    if not parked:
        go_on(uow, stage.order_id)


def close(uow: UnitOfWork, order_id: int) -> None:
    """An order is active when every stage is done and every line's service runs. Emits: OrderDelivered."""
    if not queries.all_done(queries.stages_of(uow, order_id)) or _still_waits(uow, order_id):
        return
    taken = uow.session.execute(
        update(Order)
        .where(Order.id == order_id, Order.status == OrderStatus.PENDING)
        .values(status=OrderStatus.ACTIVE)
        .returning(Order.client_id)
    ).scalar_one_or_none()
    if taken is not None:
        audit.record(uow, "order.active", "order", order_id, client_id=taken)
        uow.emit(OrderDelivered(order_id, taken))


def _start(uow: UnitOfWork, order: Order, stage: OrderStage) -> None:
    taken = uow.session.execute(
        update(OrderStage)
        .where(OrderStage.id == stage.id, OrderStage.state == StageState.WAITING)
        .values(state=StageState.RUNNING, started_at=uow.now())
    )
    uow.session.refresh(stage)
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        return
    try:
        begun = begin(uow, order, stage)
    except Refused as refusal:
        parking.failed(uow, stage, refusal.message)
        return
    stage.job_id = begun.job.id if begun.job else None
    if begun.done:
        done(uow, stage, begun.note)
    elif begun.job is None:
        stage.note = "a person was asked"
    uow.session.flush()


def _held_by_others(uow: UnitOfWork, held: OrderStage, stage: OrderStage) -> bool:
    others = [one for one in queries.stages_of(uow, stage.order_id) if one.state == StageState.FAILED]
    return any(held.name in parking.waiting_for(uow, other) for other in others if other.id != stage.id)


def _zones(uow: UnitOfWork, lines: Sequence[Line], services: Sequence[Service]) -> set[str]:
    """Names of zones of this client, here before the order, that its sites and certificates belong to."""
    hosts = [line.host for line in lines if line.host]
    if not hosts:
        return set()
    mine = select(Zone.name).where(Zone.client_id == services[0].client_id, Zone.live_key.is_not(None))
    return {name for name in uow.session.scalars(mine) if any(covers(name, host) for host in hosts)}


def _still_waits(uow: UnitOfWork, order_id: int) -> bool:
    waiting = (
        select(Service.id)
        .join(OrderLine, OrderLine.id == Service.order_line_id)
        .where(OrderLine.order_id == order_id, Service.state == ServiceState.PENDING)
        .limit(1)
    )
    return uow.session.execute(waiting).first() is not None
