"""Mail about changes of services."""

from __future__ import annotations

from ezcore.accounts import queries as accounts
from ezcore.catalog.products.models import Product
from ezcore.messaging.operations import queue_mail
from ezcore.messaging.rules import Value
from ezcore.orders.changes.events import ServiceChanged
from ezcore.services.services.models import Service
from ezcore.work import UnitOfWork


def changed(uow: UnitOfWork, event: ServiceChanged, key: str) -> None:
    """What the service is now, and what it costs from when."""
    service = uow.session.get_one(Service, event.service_id)
    product = uow.session.get_one(Product, service.product_id)
    client = accounts.client_facts(uow, service.client_id)
    values: dict[str, Value] = {
        "name": client.name,
        "service": service.label,
        "product": product.name,
        "price": service.price,
        "cycle": str(service.cycle).removeprefix("1 "),
        "renews_on": event.renews_on,
        "link": f"{uow.settings.shop.site_url}/dashboard/services/{service.id}/",
    }
    queue_mail(
        uow, "service_changed", client.email, values, key=key, client_id=client.id, language=client.language
    )
