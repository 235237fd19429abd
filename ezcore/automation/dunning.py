"""What happens to those who do not pay: reminders, suspension; and what payment lifts again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import Select, and_, or_, select

from ezcore.automation.run import Outcome
from ezcore.billing.invoices.events import InvoicePaid, InvoiceRepaid, ReminderDue
from ezcore.billing.invoices.models import Invoice, InvoiceLine, InvoiceStatus
from ezcore.catalog.entitlements import operations as entitlements
from ezcore.catalog.products.models import Product
from ezcore.db.once import insert_once
from ezcore.jobs.models import ScheduledRun
from ezcore.kernel.actor import SYSTEM
from ezcore.services.lifecycle import operations as lifecycle
from ezcore.services.services.events import ActionDone
from ezcore.services.services.models import Service, ServiceState
from ezcore.work import UnitOfWork, Work

OVERDUE = "overdue invoice"
# A reminder that was missed for longer than this is not made up: the row that says "sent" is kept for 90 days.
MAKE_UP = timedelta(days=30)


def remind(work: Work, on: date, preview: bool) -> Outcome:
    """Remind of unpaid invoices on the configured days before and after the due date, once per invoice and day.

    A day that was missed (the scheduler was down) is made up by its latest reminder only.
    """
    outcome = Outcome()
    with work.read() as uow:
        before = uow.settings.dunning.reminders_before
        days = tuple(sorted((*(-day for day in before), *uow.settings.dunning.reminders)))
        first = on - timedelta(days=min(days, default=0))
        query = select(Invoice).where(Invoice.status == InvoiceStatus.UNPAID, Invoice.due_on <= first)
        overdue = uow.session.scalars(query.order_by(Invoice.id)).all() if days else []
    for invoice in overdue:
        day = max(day for day in days if invoice.due_on + timedelta(days=day) <= on)
        if on > invoice.due_on + timedelta(days=day) + MAKE_UP:
            continue
        line = f"invoice {invoice.number}: {f'due in {-day} days' if day < 0 else f'{day} days overdue'}"
        if preview or _remind(work, invoice, day):
            outcome.lines.append(line)
    return outcome


def suspend(work: Work, on: date, preview: bool) -> Outcome:
    """Suspend active services with an invoice overdue for the configured number of days.

    A day that staff set for a service (`override_suspend_on`) replaces the number of days, once.
    """
    outcome = Outcome()
    with work.read() as uow:
        days = timedelta(days=uow.settings.dunning.suspend_after_days)
        waiting = _with_overdue_invoice(on - timedelta(days=1)).where(
            Service.state == ServiceState.ACTIVE, Service.open_action.is_(None)
        )
        late = or_(
            and_(Service.override_suspend_on.is_(None), Invoice.due_on <= on - days),
            Service.override_suspend_on <= on,
        )
        ids = uow.session.scalars(waiting.where(late)).all()
    for service_id in ids:
        if preview:
            outcome.lines.append(f"would suspend service {service_id}")
            continue
        with outcome.apart(f"service {service_id}"), work.write() as uow:
            service = uow.session.get_one(Service, service_id, with_for_update=True)
            # Asked again inside the write: a payment, or an end, may have come since.
            waits = service.state == ServiceState.ACTIVE and not lifecycle.is_busy(service)
            limit = on - (days if service.override_suspend_on is None else timedelta(days=1))
            invoice = oldest_overdue(uow, service, limit)
            if waits and invoice is not None:
                evidence = {"invoice": invoice.number, "due_on": str(invoice.due_on)}
                lifecycle.request(uow, service, "suspend", OVERDUE, evidence)
                service.override_suspend_on = None
                outcome.lines.append(f"suspend {service.label}: invoice {invoice.number}")
    return outcome


def lift(uow: UnitOfWork, events: Sequence[InvoicePaid | InvoiceRepaid]) -> None:
    """A paid invoice lifts the suspension of its services, when nothing else of theirs is overdue."""
    for event in events:
        lines = select(InvoiceLine.service_id).where(InvoiceLine.invoice_id == event.invoice_id)
        for service in uow.session.scalars(select(Service).where(Service.id.in_(lines))).all():
            _lift_if_paid(uow, service)


def after_action(uow: UnitOfWork, events: Sequence[ActionDone]) -> None:
    """Entitlements follow the state; a payment that came while a suspension ran is honoured now."""
    for event in events:
        service = uow.session.get_one(Service, event.service_id)
        if event.verb == "suspend":
            entitlements.withdraw(uow, service.id, service.suspend_reason or "suspended")
            _lift_if_paid(uow, service)
        elif event.verb == "terminate":
            entitlements.withdraw(uow, service.id, "terminated")
        elif event.verb == "unsuspend":
            product = uow.session.get_one(Product, service.product_id)
            entitlements.grant(uow, service.client_id, service.id, product, "suspension lifted")


def has_overdue(uow: UnitOfWork, service: Service, due_before: date) -> bool:
    """Is an invoice of the service unpaid and due on or before this day?"""
    return (
        uow.session.execute(_with_overdue_invoice(due_before).where(Service.id == service.id)).first()
        is not None
    )


def oldest_overdue(uow: UnitOfWork, service: Service, due_before: date) -> Invoice | None:
    """The unpaid invoice of the service that has been due for longest, if it was due by this day: the evidence."""
    query = (
        select(Invoice)
        .join(InvoiceLine, InvoiceLine.invoice_id == Invoice.id)
        .where(
            InvoiceLine.service_id == service.id,
            Invoice.status == InvoiceStatus.UNPAID,
            Invoice.due_on <= due_before,
        )
    )
    return uow.session.scalars(query.order_by(Invoice.due_on, Invoice.id).limit(1)).first()


def _lift_if_paid(uow: UnitOfWork, service: Service) -> None:
    suspended_for_money = service.state == ServiceState.SUSPENDED and service.suspend_reason == OVERDUE
    if suspended_for_money and not lifecycle.is_busy(service) and not has_overdue(uow, service, uow.today()):
        actor, uow.actor = uow.actor, SYSTEM
        try:
            lifecycle.request_or_ask(uow, service, "unsuspend", "paid")
        finally:
            uow.actor = actor


def _remind(work: Work, invoice: Invoice, day: int) -> bool:
    with work.write() as uow:
        row = {"task": f"reminder:{invoice.id}", "slot": str(day), "started_at": uow.now(), "counts": {}}
        if insert_once(uow.session, ScheduledRun, row) is None:
            return False
        uow.emit(ReminderDue(invoice.id, invoice.client_id, day))
        return True


def _with_overdue_invoice(due_before: date) -> Select[int]:
    return (
        select(Service.id)
        .join(InvoiceLine, InvoiceLine.service_id == Service.id)
        .join(Invoice, Invoice.id == InvoiceLine.invoice_id)
        .where(Invoice.status == InvoiceStatus.UNPAID, Invoice.due_on <= due_before)
        .distinct()
        .order_by(Service.id)
    )
