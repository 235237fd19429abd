"""What follows from lifecycle actions: a project that is done once is completed, not running."""

from __future__ import annotations

from collections.abc import Sequence

from ezcore.services.manual import queries
from ezcore.services.services import operations as services
from ezcore.services.services.events import ActionDone
from ezcore.services.services.models import Service, ServiceState
from ezcore.work import UnitOfWork


def after_action(uow: UnitOfWork, events: Sequence[ActionDone]) -> None:
    """The work of a one-off project is complete, and so is its service."""
    for event in events:
        if event.verb != "create":
            continue
        service = uow.session.get_one(Service, event.service_id)
        if service.module != queries.MODULE or service.cycle.recurs or service.state != ServiceState.ACTIVE:
            continue
        if queries.product_of(service).kind == "project":
            services.move(uow, service, ServiceState.COMPLETED, "the work is done")
