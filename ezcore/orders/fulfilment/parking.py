"""A stage failed for good: what waits for it is held, our zone is taken back when nothing uses it, people are told."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select

from ezcore.audit import operations as audit
from ezcore.domain_names.names import queries as names
from ezcore.domain_names.zones import operations as zones
from ezcore.domain_names.zones.models import Zone
from ezcore.jobs import operations as jobs
from ezcore.orders.fulfilment import queries
from ezcore.orders.fulfilment.events import OrderParked
from ezcore.orders.fulfilment.models import OrderStage, StageState
from ezcore.orders.fulfilment.plan import DOMAIN_MODULE, Planned, StageKind, after_all, covers
from ezcore.orders.fulfilment.starting import made_for
from ezcore.orders.orders.models import Order
from ezcore.services.services.models import Service, ServiceState
from ezcore.work import UnitOfWork

_DNS: Final = (StageKind.ZONE, StageKind.DELEGATE)
_USED: Final = (StageState.RUNNING, StageState.DONE)
_LIVING: Final = (ServiceState.PENDING, ServiceState.ACTIVE, ServiceState.SUSPENDED)


def failed(uow: UnitOfWork, stage: OrderStage, cause: str) -> None:
    """Park the order at this stage, once. Emits: OrderParked."""
    if stage.state == StageState.FAILED:
        return
    stage.state, stage.note, stage.finished_at = StageState.FAILED, cause[:4000], uow.now()
    waiting = waiting_for(uow, stage)
    held = [one for one in queries.stages_of(uow, stage.order_id) if one.name in waiting]
    for one in held:
        if one.state == StageState.WAITING:
            one.state, one.note = StageState.HELD, f"waits for: {stage.title}"
    order = uow.session.get_one(Order, stage.order_id)
    uow.session.flush()
    undone = _take_back_zones(uow, order) if stage.kind == StageKind.SERVICE else []
    told = _told(uow, stage, held, undone)
    audit.record(
        uow, "order.park", "order", order.id, client_id=order.client_id,
        after={"stage": stage.name}, reason=cause[:400],
    )  # fmt: skip
    title = f"Order {order.id} is parked: {stage.title}"
    jobs.ask_staff(uow, question_of(stage), title, f"{cause}\n\nThe client was told: {told}", order.client_id)
    uow.emit(OrderParked(order.id, order.client_id, stage.title, stage.job_id, told))


def waiting_for(uow: UnitOfWork, stage: OrderStage) -> set[str]:
    """Names of the stages that cannot be done before this one."""
    known = [
        Planned(one.name, StageKind(one.kind), one.title, tuple(one.after))
        for one in queries.stages_of(uow, stage.order_id)
    ]
    return after_all(known, stage.name)


def question_of(stage: OrderStage) -> str:
    """The key of the question that staff are asked about a stage."""
    return f"order-stage:{stage.id}"


def _take_back_zones(uow: UnitOfWork, order: Order) -> list[str]:
    """Zones that this order made and that nothing uses are removed; their names."""
    stages = queries.stages_of(uow, order.id)
    removed = []
    for stage in stages:
        if stage.kind != StageKind.ZONE or stage.state != StageState.DONE or stage.zone_id is None:
            continue
        zone = uow.session.get_one(Zone, stage.zone_id)
        if zone.made_for == made_for(order.id) and not _is_used(uow, zone, order.id):
            stage.job_id = zones.remove_zone(uow, zone, f"order {order.id} is parked").id
            stage.state, stage.finished_at = StageState.UNDOING, None
            for other in stages:
                if other.kind == StageKind.DELEGATE and other.domain == stage.domain:
                    other.state = StageState.UNDONE if other.state == StageState.DONE else other.state
            removed.append(zone.name)
    return removed


def _is_used(uow: UnitOfWork, zone: Zone, order_id: int) -> bool:
    """By a person's records, by the name's own registrar, by a stage of the order, or by another service."""
    domain = names.live(uow, zone.name)
    if zone.actions or (domain is not None and domain.registrar == zone.provider):
        return True
    mine = [one for one in queries.stages_of(uow, order_id) if covers(zone.name, one.domain)]
    if any(one.state in _USED and one.kind not in _DNS and not _registers(uow, one) for one in mine):
        return True
    ours = {one.service_id for one in mine}
    others = select(Service).where(Service.client_id == zone.client_id, Service.state.in_(_LIVING))
    return any(
        covers(zone.name, str(one.params.get("domain") or "").lower())
        for one in uow.session.scalars(others)
        if one.id not in ours and one.module != DOMAIN_MODULE
    )


def _registers(uow: UnitOfWork, stage: OrderStage) -> bool:
    if stage.kind != StageKind.SERVICE:
        return False
    return uow.session.get_one(Service, stage.service_id).module == DOMAIN_MODULE


def _told(uow: UnitOfWork, stage: OrderStage, held: list[OrderStage], undone: list[str]) -> str:
    """What the client is told: no cause, no vendor, what stays and what does not."""
    order = queries.stages_of(uow, stage.order_id)
    kept = [
        uow.session.get_one(Service, one.service_id).label
        for one in order
        if one.state == StageState.DONE and _registers(uow, one)
    ]
    words = [f"This step of your order did not go well: {stage.title}."]
    if held:
        words.append(f"Not started because of it: {', '.join(one.title for one in held)}.")
    if undone:
        words.append(f"Taken back, for nothing uses it: the zone of {', '.join(undone)}.")
    if kept:
        words.append(
            f"{', '.join(kept)} is registered and stays yours: "
            "a registration cannot be given back, so it is not refunded."
        )
    words.append("We know about it and go on by hand. You need do nothing, and nothing is charged twice.")
    return " ".join(words)
