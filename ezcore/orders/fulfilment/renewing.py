"""A period after the first was paid: modules that renew at their vendor (domain names) are told, once per period."""

from __future__ import annotations

from sqlalchemy import select

from ezcore.jobs.models import Job
from ezcore.kernel.events import Event
from ezcore.plugin_api.ports.provisioning import Capability, ProvisioningModule
from ezcore.plugin_api.protocols import Ports
from ezcore.services.lifecycle import operations as lifecycle
from ezcore.services.services.events import PeriodPaid
from ezcore.services.services.models import Service, ServiceState
from ezcore.services.services.rules import first_period
from ezcore.work import UnitOfWork, Work

_RUNNING = (ServiceState.ACTIVE, ServiceState.SUSPENDED)


def after_commit(ports: Ports, work: Work, event: Event) -> None:
    """Subscriber: ask for `renew` where the module has it. Safe to repeat; without its plugin there is nothing to ask.

    Raises: LookupError when the plugin is missing or broken, so that the event is delivered again.
    """
    if not isinstance(event, PeriodPaid):
        return
    with work.read() as uow:
        module = uow.session.get_one(Service, event.service_id).module
    if module is None:
        return
    port = ports.get(ProvisioningModule, module)  # type: ignore[type-abstract]
    if Capability.RENEW in port.capabilities:
        with work.write() as uow:
            _renew(uow, event)


def _renew(uow: UnitOfWork, event: PeriodPaid) -> None:
    service = uow.session.get_one(Service, event.service_id, with_for_update=True)
    if service.state not in _RUNNING or service.started_on is None or not service.cycle.recurs:
        return
    if event.paid_until <= first_period(service.started_on, service.cycle).end:
        return  # the set-up itself bought the first period
    reason = f"paid until {event.paid_until}"
    asked = select(Job).where(
        Job.subject_kind == "service", Job.subject_id == service.id, Job.kind == "services.renew"
    )
    if not any(job.payload["reason"] == reason for job in uow.session.scalars(asked)):
        lifecycle.request_or_ask(uow, service, "renew", reason)
