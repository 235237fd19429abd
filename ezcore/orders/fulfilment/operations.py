"""What a paid invoice sets in motion: periods move on, entitlements are granted, services are created."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import select

from ezcore.billing.invoices.events import InvoicePaid
from ezcore.billing.invoices.models import InvoiceLine
from ezcore.catalog.entitlements import operations as entitlements
from ezcore.catalog.products.models import Product
from ezcore.domain_names.names.events import DomainActionDone
from ezcore.domain_names.names.models import DomainName
from ezcore.domain_names.zones.events import ZoneChanged
from ezcore.jobs.events import JobClosed, JobReopened
from ezcore.jobs.models import Job, JobState
from ezcore.kernel.actor import SYSTEM
from ezcore.orders.fulfilment import parking, stages
from ezcore.orders.fulfilment.models import OrderStage, StageState
from ezcore.orders.fulfilment.plan import StageKind
from ezcore.orders.orders.models import Order, OrderLine, OrderStatus
from ezcore.services.lifecycle import operations as lifecycle
from ezcore.services.services import operations as services
from ezcore.services.services.events import ActionDone
from ezcore.services.services.models import Service, ServiceState
from ezcore.work import UnitOfWork


def deliver_paid(uow: UnitOfWork, events: Sequence[InvoicePaid]) -> None:
    """Extend what was paid for; set up what waited for its first payment. Runs as the system, not as the payer."""
    for event in events:
        deliver(uow, event.invoice_id)


def deliver(uow: UnitOfWork, invoice_id: int) -> None:
    """As `deliver_paid`, of one invoice that is paid. Of a held order only the periods move. Safe to repeat."""
    # Locked: who holds the order at this moment waits until what is begun can be seen.
    status = select(Order.status).where(Order.invoice_id == invoice_id).with_for_update()
    held = uow.session.scalar(status) in (OrderStatus.HELD, OrderStatus.FRAUD)
    with _as_system(uow):
        waiting: list[tuple[InvoiceLine, Service]] = []
        for line, service in _lines(uow, invoice_id):
            if _deliver(uow, line, service, held=held):
                waiting.append((line, service))
        _set_up(uow, waiting)


def after_action(uow: UnitOfWork, events: Sequence[ActionDone]) -> None:
    """A service was set up: its stage is done, the next ones start, an order that is complete is active.

    Emits: OrderDelivered.
    """
    for event in events:
        if event.verb != "create":
            continue
        service = uow.session.get_one(Service, event.service_id)
        order_id = uow.session.scalar(select(OrderLine.order_id).where(OrderLine.id == service.order_line_id))
        if order_id is None:
            continue
        stage = uow.session.scalars(select(OrderStage).where(OrderStage.service_id == service.id)).first()
        with _as_system(uow):
            if stage is not None:
                _stage_done(uow, stage)
            else:
                stages.close(uow, order_id)


def after_zone(uow: UnitOfWork, events: Sequence[ZoneChanged]) -> None:
    """A zone was made, written or removed: the stage that waited for this job is done, or taken back."""
    for event in events:
        stage = uow.session.scalars(select(OrderStage).where(OrderStage.job_id == event.job_id)).first()
        if stage is None:
            continue
        with _as_system(uow):
            if stage.state == StageState.UNDOING:
                stages.taken_back(uow, stage)
            else:
                _stage_done(uow, stage)


def after_domain_action(uow: UnitOfWork, events: Sequence[DomainActionDone]) -> None:
    """A name points to its zone now."""
    for event in events:
        if event.action != "nameservers":
            continue
        name = uow.session.get_one(DomainName, event.domain_id).name
        waiting = select(OrderStage).where(
            OrderStage.kind == StageKind.DELEGATE,
            OrderStage.domain == name,
            OrderStage.state == StageState.RUNNING,
        )
        with _as_system(uow):
            for stage in uow.session.scalars(waiting).all():
                _stage_done(uow, stage)


def after_failed_job(uow: UnitOfWork, job: Job) -> None:
    """A job failed for good: the order that waits for it is parked. Emits: OrderParked."""
    stage = _stage_of(uow, job)
    # The engine hands over the row as it was claimed; why it failed was written since.
    cause = uow.session.scalar(select(Job.cause).where(Job.id == job.id))
    if stage is not None and stage.state == StageState.RUNNING:
        with _as_system(uow):
            parking.failed(uow, stage, cause or "the work was given up")
    elif stage is not None and stage.state == StageState.UNDOING:
        stage.note = f"could not be taken back: {cause or 'no cause'}"


def after_closed_job(uow: UnitOfWork, events: Sequence[JobClosed]) -> None:
    """Staff did the work of a stage by hand, or gave it up."""
    for event in events:
        job = uow.session.get_one(Job, event.job_id)
        stage = _stage_of(uow, job)
        if stage is None:
            continue
        if event.state != JobState.COMPLETE:
            after_failed_job(uow, job)
            continue
        with _as_system(uow):
            if stage.state == StageState.UNDOING:
                stages.taken_back(uow, stage)
            else:
                _stage_done(uow, stage)


def after_reopened_job(uow: UnitOfWork, events: Sequence[JobReopened]) -> None:
    """The work of a stage that failed is tried again."""
    for event in events:
        stage = _stage_of(uow, uow.session.get_one(Job, event.job_id))
        if stage is not None and stage.state == StageState.FAILED:
            with _as_system(uow):
                stages.reopen(uow, stage)


def _stage_done(uow: UnitOfWork, stage: OrderStage) -> None:
    if stage.state == StageState.FAILED:
        stages.reopen(uow, stage)
    stages.done(uow, stage)
    stages.go_on(uow, stage.order_id)


def _stage_of(uow: UnitOfWork, job: Job) -> OrderStage | None:
    """The stage that waits for this job; a set-up that staff asked for anew counts for its service."""
    found = uow.session.scalars(select(OrderStage).where(OrderStage.job_id == job.id)).first()
    if found is None and job.kind == "services.create":
        of_service = select(OrderStage).where(OrderStage.service_id == job.subject_id)
        found = uow.session.scalars(of_service).first()
    return found


@contextmanager
def _as_system(uow: UnitOfWork) -> Iterator[None]:
    """What follows from what happened is the system's doing, whoever made it happen."""
    asker, uow.actor = uow.actor, SYSTEM
    try:
        yield
    finally:
        uow.actor = asker


def _deliver(uow: UnitOfWork, line: InvoiceLine, service: Service, *, held: bool) -> bool:
    """Take note of what was paid; True when the service waits to be set up, and may be."""
    product = uow.session.get_one(Product, service.product_id)
    if line.kind == "period" and line.period_end is not None:
        services.extend(uow, service, line.period_end)
    if held and service.state == ServiceState.PENDING:
        return False
    if service.state in (ServiceState.PENDING, ServiceState.ACTIVE):
        entitlements.grant(uow, service.client_id, service.id, product, f"invoice line {line.id} paid")
    return service.state == ServiceState.PENDING and not lifecycle.is_busy(service)


def _set_up(uow: UnitOfWork, waiting: Sequence[tuple[InvoiceLine, Service]]) -> None:
    """By the stages of their order where services belong together, else each at once."""
    orders: dict[int | None, dict[int, tuple[InvoiceLine, Service]]] = {}
    for line, service in waiting:
        order_id = uow.session.scalar(select(OrderLine.order_id).where(OrderLine.id == service.order_line_id))
        orders.setdefault(order_id, {}).setdefault(service.id, (line, service))
    for order_id, found in orders.items():
        if order_id is not None and stages.lay_out(uow, order_id, [service for _, service in found.values()]):
            continue
        for line, service in found.values():
            lifecycle.request_or_ask(uow, service, "create", f"invoice line {line.id} paid")


def _lines(uow: UnitOfWork, invoice_id: int) -> list[tuple[InvoiceLine, Service]]:
    rows = uow.session.execute(
        select(InvoiceLine, Service)
        .join(Service, Service.id == InvoiceLine.service_id)
        .where(InvoiceLine.invoice_id == invoice_id)
        .order_by(InvoiceLine.id)
    )
    # A period without its key was taken off the invoice again: nobody has paid for it.
    return [(line, service) for line, service in rows if line.kind != "period" or line.period_key]
