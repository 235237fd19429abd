"""Mails about services: which event becomes which template, with which values."""

from __future__ import annotations

from ezcore.accounts import queries as accounts
from ezcore.catalog.products.models import Product
from ezcore.messaging.operations import queue_mail
from ezcore.messaging.rules import Value
from ezcore.services.services.events import ActionDone, CancellationScheduled
from ezcore.services.services.models import Service
from ezcore.work import UnitOfWork

TEMPLATES = {
    "create": "service_active",
    "suspend": "service_suspended",
    "unsuspend": "service_unsuspended",
    "terminate": "service_terminated",
}


def action_done(uow: UnitOfWork, event: ActionDone, key: str) -> None:
    """A service became active, was suspended, given back, or removed. Access secrets are never in a mail."""
    if event.verb not in TEMPLATES:
        return  # a change of package is announced with its price, by the room that sold it
    service = uow.session.get_one(Service, event.service_id)
    values: dict[str, Value] = {}
    if event.verb == "suspend":
        values = {"suspended_on": service.suspended_on or uow.today(), "reason": service.suspend_reason or ""}
    elif event.verb == "terminate":
        values = {"terminated_on": uow.today()}
    _send(uow, TEMPLATES[event.verb], service, key, values)


def cancellation(uow: UnitOfWork, event: CancellationScheduled, key: str) -> None:
    """The client's cancellation is noted, with its date."""
    service = uow.session.get_one(Service, event.service_id)
    _send(uow, "cancellation_confirmed", service, key, {"ends_on": event.on})


def _send(uow: UnitOfWork, template: str, service: Service, key: str, values: dict[str, Value]) -> None:
    client = accounts.client_facts(uow, service.client_id)
    product = uow.session.get_one(Product, service.product_id)
    link = f"{uow.settings.shop.site_url}/dashboard/services/{service.id}/"
    own: dict[str, Value] = {
        "name": client.name,
        "service": service.label,
        "product": product.name,
        "link": link,
    }
    queue_mail(
        uow, template, client.email, own | values, key=key, client_id=client.id, language=client.language
    )
