"""Mails about certificates."""

from __future__ import annotations

from ezcore.accounts import queries as accounts
from ezcore.domain_names.certificates.events import CertificateExpires
from ezcore.domain_names.certificates.queries import by_id
from ezcore.messaging.operations import queue_mail
from ezcore.messaging.rules import Value
from ezcore.work import UnitOfWork


def expires(uow: UnitOfWork, event: CertificateExpires, key: str) -> None:
    """It expires soon and could not be renewed. What the authority wrote is for staff."""
    row = by_id(uow, event.certificate_id)
    client = accounts.client_facts(uow, event.client_id)
    link = f"{uow.settings.shop.site_url}/dashboard/certificates/{row.id}/"
    values: dict[str, Value] = {
        "name": client.name,
        "names": ", ".join(row.names[:10]),
        "expires": event.not_after,
        "link": link,
    }
    queue_mail(
        uow,
        "certificate_expires",
        client.email,
        values,
        key=key,
        client_id=client.id,
        language=client.language,
    )
