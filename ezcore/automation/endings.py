"""Ends services: cancellations whose day has come, and terminations after grace, with their guards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import and_, func, or_, select

from ezcore.automation.dunning import OVERDUE, oldest_overdue
from ezcore.automation.run import Outcome
from ezcore.jobs.models import Job
from ezcore.messaging.models import Mail, MailState
from ezcore.services.lifecycle import operations as lifecycle
from ezcore.services.services import operations as services
from ezcore.services.services.models import Service, ServiceState
from ezcore.work import UnitOfWork, Work

NOT_PAID = "not paid"
REMINDER: Final = "payment_reminder"
Evidence = dict[str, Any]
Still = Callable[[UnitOfWork, Service], Evidence | None]


def cancel(work: Work, on: date, preview: bool) -> Outcome:
    """Terminate services whose scheduled end has come."""
    outcome = Outcome()
    with work.read() as uow:
        ids = uow.session.scalars(
            select(Service.id)
            .where(
                Service.cancel_on <= on,
                Service.state.in_((ServiceState.ACTIVE, ServiceState.SUSPENDED)),
                Service.open_action.is_(None),
            )
            .order_by(Service.id)
        ).all()

    def still(_uow: UnitOfWork, service: Service) -> Evidence | None:
        alive = service.state in (ServiceState.ACTIVE, ServiceState.SUSPENDED)
        if not alive or service.cancel_on is None or service.cancel_on > on:
            return None
        return {"cancel_on": str(service.cancel_on)}

    _terminate(work, ids, "cancelled by the client", outcome, preview, still)
    return outcome


def terminate(work: Work, on: date, preview: bool) -> Outcome:
    """Terminate for non-payment, after the grace and never more than the daily cap; 0 days means never.

    Only from suspended, and only for an overdue invoice that is still unpaid and of which so many reminders were
    delivered (H13, I21). A day that staff set for a service (`override_terminate_on`) replaces the grace.
    """
    outcome = Outcome()
    with work.read() as uow:
        rules = uow.settings.dunning
        if rules.terminate_after_days == 0:
            return outcome
        limit = on - timedelta(days=rules.terminate_after_days)
        candidates = uow.session.scalars(
            select(Service)
            .where(
                Service.state == ServiceState.SUSPENDED,
                Service.suspend_reason == OVERDUE,
                or_(
                    and_(Service.override_terminate_on.is_(None), Service.suspended_on <= limit),
                    Service.override_terminate_on <= on,
                ),
                Service.open_action.is_(None),
            )
            .order_by(Service.id)
        ).all()
        proven = {
            service.id: evidence for service in candidates if (evidence := _evidence(uow, service, limit, on))
        }
        room = max(0, rules.terminate_daily_cap - _terminated_today(uow))
    ids = [
        service
        for service, evidence in proven.items()
        if evidence["notices"] >= rules.notices_before_termination
    ]
    outcome.skipped.extend(f"service {i}: not reminded often enough" for i in proven if i not in ids)
    outcome.skipped.extend(f"service {i}: daily cap reached" for i in ids[room:])

    def still(uow: UnitOfWork, service: Service) -> Evidence | None:
        for_money = service.state == ServiceState.SUSPENDED and service.suspend_reason == OVERDUE
        return _evidence(uow, service, limit, on) if for_money else None

    _terminate(work, ids[:room], NOT_PAID, outcome, preview, still)
    return outcome


def _evidence(uow: UnitOfWork, service: Service, limit: date, on: date) -> Evidence | None:
    """What speaks for the end: the invoice that is owed, since when the service is suspended, how often we wrote."""
    early = service.override_terminate_on is not None
    invoice = oldest_overdue(uow, service, on - timedelta(days=1) if early else limit)
    if invoice is None or service.suspended_on is None:
        return None
    delivered = select(func.count()).where(
        Mail.client_id == service.client_id,
        Mail.template == REMINDER,
        Mail.state == MailState.SENT,
        Mail.queued_at >= invoice.created_at,
    )
    return {
        "invoice": invoice.number,
        "due_on": str(invoice.due_on),
        "suspended_on": str(service.suspended_on),
        "notices": int(uow.session.scalar(delivered) or 0),
    }


def _terminated_today(uow: UnitOfWork) -> int:
    """Terminations for non-payment that were asked for since midnight, whoever ran the task."""
    midnight = datetime.combine(uow.today(), time(), ZoneInfo(uow.settings.shop.time_zone))
    payloads = select(Job.payload).where(Job.kind == "services.terminate", Job.created_at >= midnight)
    return sum(payload.get("reason") == NOT_PAID for payload in uow.session.scalars(payloads))


def _terminate(
    work: Work, ids: Sequence[int], reason: str, outcome: Outcome, preview: bool, still: Still
) -> None:
    for service_id in ids:
        if preview:
            outcome.lines.append(f"would terminate service {service_id}: {reason}")
            continue
        with outcome.apart(f"service {service_id}"), work.write() as uow:
            service = uow.session.get_one(Service, service_id, with_for_update=True)
            # Asked again inside the write: a payment, or a change of mind, may have come since.
            evidence = None if lifecycle.is_busy(service) else still(uow, service)
            if evidence is None:
                continue
            lifecycle.request(uow, service, "terminate", reason, evidence)
            services.withdraw_unpaid(uow, service, "the service was terminated")
            outcome.lines.append(f"terminate {service.label}: {reason}")
