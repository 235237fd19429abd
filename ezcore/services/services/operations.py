"""Verbs of services that need no vendor: open, extend, schedule a cancellation, reveal a secret."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, select, update

from ezcore.audit import operations as audit
from ezcore.billing.credit_notes import operations as credit_notes
from ezcore.billing.invoices import operations as invoices
from ezcore.billing.invoices.events import InvoiceCancelled
from ezcore.billing.invoices.models import Invoice, InvoiceKind, InvoiceLine, InvoicePaidOnce, InvoiceStatus
from ezcore.catalog.products.models import Product
from ezcore.catalog.products.rules import Configured
from ezcore.db.once import insert_once
from ezcore.kernel.errors import Refused
from ezcore.kernel.money import Money
from ezcore.kernel.period import Period
from ezcore.services.services.events import CancellationScheduled, PeriodPaid
from ezcore.services.services.models import Service, ServiceSecret, ServiceState
from ezcore.services.services.rules import check_move
from ezcore.work import UnitOfWork

WITH_PARENT = "ends with the service it belongs to"


@dataclass(frozen=True)
class NewService:
    """What an order line asks for.

    `period` is the first one (None: billed once), `anchor_day` the day its renewals keep. `promotion_left` counts the
    renewals that the promotion still cuts (None: all).
    """

    client_id: int
    product: Product
    configured: Configured
    label: str
    params: Mapping[str, Any]
    order_line_id: int
    period: Period | None = None
    anchor_day: int | None = None
    parent_id: int | None = None
    promotion_id: int | None = None
    promotion_left: int | None = None


def open_service(uow: UnitOfWork, new: NewService) -> Service:
    """A service that waits for its first payment. Its first period starts today; today's day is its anchor."""
    today = uow.today()
    service = Service(
        reference=uow.ids.key("svc"),
        client_id=new.client_id,
        product_id=new.product.id,
        order_line_id=new.order_line_id,
        label=new.label[:120],
        module=new.product.module,
        state=ServiceState.PENDING,
        currency=new.configured.recurring.currency,
        price_minor=new.configured.recurring.minor,
        cycle_name=str(new.configured.cycle),
        anchor_day=new.anchor_day or today.day,
        started_on=today,
        billed_until=new.period.end if new.period else None,
        price_id=new.configured.price.id,
        parent_id=new.parent_id,
        promotion_id=new.promotion_id,
        promotion_left=new.promotion_left if new.promotion_id is not None else None,
        tax_class=new.product.tax_class,
        params=dict(new.params),
        selection=dict(new.configured.selection),
        choices=[list(pair) for pair in new.configured.choices],
        settings=new.configured.settings,
        created_at=uow.now(),
        actions=0,
    )
    uow.session.add(service)
    uow.session.flush()
    audit.record(
        uow, "service.open", "service", service.id, client_id=new.client_id, after={"state": "pending"}
    )
    return service


def extend(uow: UnitOfWork, service: Service, until: date) -> None:
    """A period was paid. Paying late, early or twice moves the date by nothing but the period paid.

    Emits: PeriodPaid.
    """
    if service.paid_until is not None and service.paid_until >= until:
        return
    before = service.paid_until
    service.paid_until = until
    audit.record(
        uow,
        "service.extend",
        "service",
        service.id,
        client_id=service.client_id,
        before={"paid_until": str(before)},
        after={"paid_until": str(until)},
    )
    uow.emit(PeriodPaid(service.id, service.client_id, until))


def schedule_cancellation(uow: UnitOfWork, service: Service, reason: str = "") -> None:
    """End the service when the paid period ends; nothing more is invoiced. Emits: CancellationScheduled.

    Raises: NotAllowed; Refused when it is over already or a cancellation is scheduled.
    """
    _require(uow, service)
    if service.state not in (ServiceState.ACTIVE, ServiceState.SUSPENDED):
        raise Refused(f"a {service.state} service cannot be cancelled")
    if service.cancel_on is not None:
        raise Refused(f"this service already ends on {service.cancel_on}")
    service.cancel_on = service.paid_until or uow.today()
    service.cancel_reason = reason[:400]
    withdraw_renewals(uow, service, service.cancel_on)
    audit.record(
        uow,
        "service.cancel",
        "service",
        service.id,
        client_id=service.client_id,
        after={"cancel_on": str(service.cancel_on)},
        reason=reason or None,
    )
    uow.emit(CancellationScheduled(service.id, service.client_id, service.cancel_on))


def end_with_parent(uow: UnitOfWork, child: Service, on: date) -> None:
    """An add-on ends on the day its service ends, or earlier by its own cancellation; nothing more is invoiced."""
    if child.state not in (ServiceState.ACTIVE, ServiceState.SUSPENDED):
        return
    if child.cancel_on is not None and child.cancel_on <= on:
        return
    child.cancel_on, child.cancel_reason = on, WITH_PARENT
    withdraw_renewals(uow, child, on)
    audit.record(
        uow,
        "service.cancel",
        "service",
        child.id,
        client_id=child.client_id,
        after={"cancel_on": str(on)},
        reason=WITH_PARENT,
    )


def children_of(uow: UnitOfWork, service_id: int) -> Sequence[Service]:
    """The add-ons of a service, also those that have ended."""
    query = select(Service).where(Service.parent_id == service_id).order_by(Service.id)
    return uow.session.scalars(query).all()


def keep(uow: UnitOfWork, service: Service) -> None:
    """Take a scheduled cancellation back, and that of add-ons that would have ended with it.

    Raises: NotAllowed, Refused.
    """
    _require(uow, service)
    if service.cancel_on is None or service.state not in (ServiceState.ACTIVE, ServiceState.SUSPENDED):
        raise Refused("nothing to take back")
    before, service.cancel_on, service.cancel_reason = service.cancel_on, None, None
    audit.record(
        uow,
        "service.keep",
        "service",
        service.id,
        client_id=service.client_id,
        before={"cancel_on": str(before)},
    )
    for child in children_of(uow, service.id):
        if child.cancel_on is not None and child.cancel_reason == WITH_PARENT:
            keep(uow, child)


def rename(uow: UnitOfWork, service: Service, nickname: str) -> None:
    """Give it a name of the client's own, up to 60 characters; empty takes the name away.

    It stands beside the label in lists; machines, invoices and vendors know the label only. Raises: NotAllowed.
    """
    _require(uow, service)
    before, service.nickname = service.nickname, nickname.strip()
    if before != service.nickname:
        audit.record(
            uow,
            "service.rename",
            "service",
            service.id,
            client_id=service.client_id,
            before={"nickname": before},
            after={"nickname": service.nickname},
        )


def move(uow: UnitOfWork, service: Service, state: ServiceState, reason: str | None = None) -> None:
    """The one door through which a service changes its state. Raises: IllegalMove."""
    before = ServiceState(service.state)
    check_move(before, state)
    service.state = state
    audit.record(
        uow,
        f"service.{state}",
        "service",
        service.id,
        client_id=service.client_id,
        before={"state": str(before)},
        after={"state": str(state)},
        reason=reason,
    )


def keep_secret(uow: UnitOfWork, service_id: int, name: str, text: str) -> str:
    """Store a secret for one later reveal, sealed; the first one stored is the one that counts. Returns it."""
    row = uow.session.scalars(
        select(ServiceSecret).where(ServiceSecret.service_id == service_id, ServiceSecret.name == name)
    ).first()
    if row is not None and row.sealed is not None:
        return uow.box.open(_row(service_id, name), row.sealed)
    sealed = uow.box.seal(_row(service_id, name), text)
    if row is not None:
        row.sealed, row.revealed_at = sealed, None
        return text
    values = {"service_id": service_id, "name": name, "sealed": sealed, "made_at": uow.now()}
    if insert_once(uow.session, ServiceSecret, values) is None:
        return keep_secret(uow, service_id, name, text)
    return text


def drop_secret(uow: UnitOfWork, service_id: int, name: str) -> None:
    """A secret is void: nobody can reveal it any more, and the next one of its name is made anew."""
    uow.session.execute(
        update(ServiceSecret)
        .where(ServiceSecret.service_id == service_id, ServiceSecret.name == name)
        .values(sealed=None)
    )


def reveal_secret(uow: UnitOfWork, service: Service, name: str) -> str:
    """Show a secret once; the ciphertext is then thrown away. The caller has re-authenticated the user.

    Raises: NotAllowed; Refused when there is none (any more).
    """
    _require(uow, service)
    row = uow.session.scalars(
        select(ServiceSecret).where(ServiceSecret.service_id == service.id, ServiceSecret.name == name)
    ).first()
    if row is None or row.sealed is None:
        raise Refused("this secret was shown before; set a new one instead")
    text = uow.box.open(_row(service.id, name), row.sealed)
    row.sealed, row.revealed_at = None, uow.now()
    audit.record(
        uow, "service.reveal", "service", service.id, client_id=service.client_id, after={"name": name}
    )
    return text


def unbill(uow: UnitOfWork, events: Sequence[InvoiceCancelled]) -> None:
    """A cancelled invoice billed nothing: its periods are to be billed again, by the next renewal run."""
    for event in events:
        lines = uow.session.execute(
            select(InvoiceLine, Service)
            .join(Service, Service.id == InvoiceLine.service_id)
            .where(InvoiceLine.invoice_id == event.invoice_id, InvoiceLine.kind == "period")
        )
        for line, service in lines:
            if service.billed_until == line.period_end:
                service.billed_until = line.period_start


def withdraw_renewals(uow: UnitOfWork, service: Service, end: date) -> None:
    """What was invoiced for the time after the end is no longer owed: nobody is charged for what they cancelled."""
    lines = select(InvoiceLine.invoice_id).where(
        InvoiceLine.service_id == service.id, InvoiceLine.period_start >= end
    )
    _withdraw(uow, service, lines, "the service was cancelled")


def withdraw_unpaid(uow: UnitOfWork, service: Service, reason: str) -> None:
    """The service is over: nothing that is unpaid of it is owed any more."""
    _withdraw(
        uow, service, select(InvoiceLine.invoice_id).where(InvoiceLine.service_id == service.id), reason
    )


def _withdraw(uow: UnitOfWork, service: Service, lines: Select[int], reason: str) -> None:
    """Cancel the unpaid invoices that bill only this service and its add-ons; of others, credit its lines.

    What a bank took back stays owed: it was delivered, and later periods were billed after it.
    """
    family = {service.id, *(child.id for child in children_of(uow, service.id))}
    once_paid = select(InvoicePaidOnce.invoice_id)
    unpaid = select(Invoice).where(
        Invoice.id.in_(lines), Invoice.status == InvoiceStatus.UNPAID, Invoice.id.not_in(once_paid)
    )
    for invoice in uow.session.scalars(unpaid.order_by(Invoice.id)).all():
        if not invoice.paid_minor and all(line.service_id in family for line in invoice.lines):
            invoices.cancel(uow, invoice, reason)
        elif invoice.kind != InvoiceKind.PROFORMA:
            _credit_lines(uow, invoice, family, reason)


def _credit_lines(uow: UnitOfWork, invoice: Invoice, family: set[int], reason: str) -> None:
    """Take the lines of some services off an invoice that bills others too; their periods may be billed again."""
    left = credit_notes.left_of(uow, invoice)
    mine = [line for line in invoice.lines if line.service_id in family and not left[line.id].gross.is_zero]
    # First the periods: the note may settle the invoice, and what is settled is delivered.
    for line in mine:
        if line.period_key is None:
            continue
        line.period_key = None
        billed = uow.session.get_one(Service, line.service_id)
        if billed.billed_until == line.period_end:
            billed.billed_until = line.period_start
    if Money.total((left[line.id].gross for line in mine), invoice.currency).is_positive:
        credit_notes.write(uow, invoice, reason, {line.id: left[line.id].gross for line in mine})


def _row(service_id: int, name: str) -> str:
    return f"service:{service_id}:{name}"


def _require(uow: UnitOfWork, service: Service) -> None:
    if uow.actor.kind == "client" and uow.actor.client_id == service.client_id:
        uow.actor.require("client.services")
    else:
        uow.actor.require("services.manage")
