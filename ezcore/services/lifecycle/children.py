"""Add-ons follow the service they belong to: what ends, ends with its children."""

from __future__ import annotations

from collections.abc import Sequence

from ezcore.kernel.actor import SYSTEM
from ezcore.services.lifecycle import operations as lifecycle
from ezcore.services.services import operations as services
from ezcore.services.services.events import ActionDone, CancellationScheduled
from ezcore.services.services.models import ServiceState
from ezcore.work import UnitOfWork


def cancelled(uow: UnitOfWork, events: Sequence[CancellationScheduled]) -> None:
    """A service will end: its add-ons end on that day at the latest."""
    for event in events:
        for child in services.children_of(uow, event.service_id):
            services.end_with_parent(uow, child, event.on)


def after_action(uow: UnitOfWork, events: Sequence[ActionDone]) -> None:
    """A service is gone: its add-ons are ended too; those that were never paid are cancelled."""
    for event in events:
        if event.verb == "terminate":
            _end_all(uow, event.service_id)


def _end_all(uow: UnitOfWork, service_id: int) -> None:
    asker, uow.actor = uow.actor, SYSTEM
    try:
        for child in services.children_of(uow, service_id):
            services.end_with_parent(uow, child, uow.today())
            if child.state == ServiceState.PENDING and not lifecycle.is_busy(child):
                services.move(uow, child, ServiceState.CANCELLED, services.WITH_PARENT)
            elif child.state in (ServiceState.ACTIVE, ServiceState.SUSPENDED):
                # One that is busy now is looked at by a person: it must not be forgotten.
                lifecycle.request_or_ask(uow, child, "terminate", services.WITH_PARENT)
    finally:
        uow.actor = asker
