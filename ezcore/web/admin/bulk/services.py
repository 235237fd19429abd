"""Many services at once: suspend, give back, look again at the vendor; each is a job of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import select

from ezcore.accounts.models import Client
from ezcore.catalog.products.models import Product
from ezcore.kernel.errors import NotFound
from ezcore.services.lifecycle import operations as lifecycle
from ezcore.services.looks import operations as looks
from ezcore.services.services.models import Service, ServiceState
from ezcore.services.services.rules import VERBS
from ezcore.web.admin.bulk.actions import Act, Named, Noun
from ezcore.web.admin.bulk.answering import answer
from ezcore.web.shared.markup import badge
from ezcore.web.shared.views import page
from ezcore.work import UnitOfWork

MANAGE: Final = "services.manage"


@page(
    "admin.bulk.services", "/admin/bulk/services/", method="POST", permission=MANAGE,
    audit="service.request_suspend", ambient=False,
)  # fmt: skip
def act(request: Any) -> Any:
    """One action for the ticked services."""
    return answer(request, SERVICES)


def _suspend(uow: UnitOfWork, number: int, reason: str) -> bool:
    return _request(uow, number, "suspend", reason)


def _unsuspend(uow: UnitOfWork, number: int, reason: str) -> bool:
    return _request(uow, number, "unsuspend", reason)


def _request(uow: UnitOfWork, number: int, verb: str, reason: str) -> bool:
    """Queue it, unless it runs already or there is nothing left to do."""
    service = _service(uow, number)
    there = service.open_action is None and ServiceState(service.state) == VERBS[verb][1]
    if there or service.open_action == verb:
        return False
    lifecycle.request(uow, service, verb, reason)
    return True


def _look(uow: UnitOfWork, number: int, _reason: str) -> bool:
    looks.refresh(uow, _service(uow, number))
    return True


_ACTS: Final = (
    Act("look", "Look again at the vendor", MANAGE, _look),
    Act(
        "suspend", "Suspend", MANAGE, _suspend, wants_reason=True, danger=True,
        consequence="They are stopped and stay stopped, and their clients are told. No data is lost.",
    ),
    Act(
        "unsuspend", "Unsuspend", MANAGE, _unsuspend, wants_reason=True,
        consequence="They are given back as they were, also where an invoice is overdue still.",
    ),
)  # fmt: skip


def _acts(_uow: UnitOfWork) -> Sequence[Act]:
    return _ACTS


def _service(uow: UnitOfWork, number: int) -> Service:
    service = uow.session.get(Service, number, with_for_update=True)
    if service is None:
        raise NotFound("there is no such service")
    return service


def _named(request: Any, uow: UnitOfWork, numbers: Sequence[int]) -> list[Named]:
    query = (
        select(Service, Product.name, Client.name)
        .join(Product, Product.id == Service.product_id)
        .join(Client, Client.id == Service.client_id)
        .where(Service.id.in_(numbers))
        .order_by(Service.id)
    )
    return [
        Named(
            service.id,
            service.label,
            request.route_path("admin.service", id=service.id),
            badge(service.state),
            f"{product}, {client}",
        )
        for service, product, client in uow.session.execute(query)
    ]


SERVICES: Final = Noun("admin.bulk.services", "admin.services", "Services", _acts, _named)
