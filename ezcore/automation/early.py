"""Renew early: a client (or staff) has the next period invoiced today, by the same run that would do it later."""

from __future__ import annotations

from sqlalchemy import select

from ezcore.audit import operations as audit
from ezcore.automation import renewals
from ezcore.automation.due import Part
from ezcore.billing.invoices.models import Invoice, InvoiceLine
from ezcore.kernel.actor import Actor
from ezcore.kernel.errors import Refused
from ezcore.kernel.period import next_start
from ezcore.services.services import queries
from ezcore.services.services.models import ServiceState
from ezcore.work import UnitOfWork, Work


def renew(work: Work, actor: Actor, service_id: int) -> str:
    """Invoice the next period now; returns the invoice's number. Not further ahead than one cycle from today.

    Emits: InvoiceIssued. Raises: NotAllowed, NotFound; Refused (not active, ends, an open renewal, far enough ahead).
    """
    with work.write(actor) as uow:
        start = _allow(uow, actor, service_id)
        today = uow.today()
    renewals.BillingRun(work, today).bill(Part(service_ids=(service_id,)))
    with work.read(actor) as uow:
        number = uow.session.scalar(
            select(Invoice.number)
            .join(InvoiceLine, InvoiceLine.invoice_id == Invoice.id)
            .where(InvoiceLine.period_key == f"{service_id}:{start}")
        )
    if number is None:
        raise Refused("this service cannot be renewed at the moment")
    return number


def _allow(uow: UnitOfWork, actor: Actor, service_id: int) -> str:
    """Set today as the day on which the next period is invoiced; returns the day on which that period starts."""
    own = actor.client_id if actor.kind == "client" else None
    service = queries.by_id(uow, service_id, own)
    actor.require("client.services" if own else "services.manage")
    uow.session.refresh(service, with_for_update=True)
    if service.state not in (ServiceState.ACTIVE, ServiceState.SUSPENDED) or service.cancel_on is not None:
        raise Refused("only a service that goes on can be renewed")
    if service.billed_until is None or service.paid_until is None:
        raise Refused("this service does not recur")
    if service.paid_until != service.billed_until:
        raise Refused("its next period is invoiced already")
    if service.paid_until > next_start(uow.today(), service.cycle):
        raise Refused(f"it is paid until {service.paid_until} already")
    service.override_invoice_on = uow.today()
    audit.record(uow, "service.renew_early", "service", service.id, client_id=service.client_id)
    return str(service.billed_until)
