"""What a gateway wants a person to decide about a payment."""

from __future__ import annotations

from hashlib import sha256

from ezcore.billing.transactions import queries
from ezcore.jobs import operations as jobs
from ezcore.plugin_api.ports.webhook_source import NoticeFact
from ezcore.work import UnitOfWork


def notice(uow: UnitOfWork, source: str, fact: NoticeFact) -> None:
    """Open a staff task, once per notice. Raises: NotKnownYet when its payment is not here."""
    client, about = None, ""
    if fact.payment_id is not None:
        paid = queries.received(uow, source, fact.payment_id)
        client, about = paid.client_id, f" Payment {fact.payment_id}, {paid.received}."
    told = sha256(f"{fact.payment_id}:{fact.title}:{fact.cause}".encode()).hexdigest()[:24]
    jobs.ask_staff(uow, f"notice:{source}:{told}", fact.title, fact.cause + about, client)
