"""Mail of quotes. It is queued with the sending itself: its link holds a secret that is stored nowhere."""

from __future__ import annotations

from ezcore.accounts import queries as accounts
from ezcore.billing.quotes.models import Quote
from ezcore.messaging.operations import queue_mail
from ezcore.messaging.rules import Value
from ezcore.work import UnitOfWork


def sent(uow: UnitOfWork, quote: Quote, token: str) -> None:
    """The offer, with the link that shows and answers it without login."""
    client = accounts.client_facts(uow, quote.client_id)
    values: dict[str, Value] = {
        "name": client.name,
        "number": quote.number or "",
        "title": quote.title,
        "total": quote.total,
        "valid_until": quote.valid_until,
        "link": f"{uow.settings.shop.site_url}/quotes/{token}/",
    }
    key = f"quote:{quote.id}:{quote.token_hash}"
    queue_mail(
        uow, "quote_sent", client.email, values, key=key, client_id=client.id, language=client.language
    )
