"""Mails about names: before they expire, and when they enter grace, redemption or their end."""

from __future__ import annotations

from typing import Final

from ezcore.accounts import queries as accounts
from ezcore.domain_names.names import queries
from ezcore.domain_names.names.events import DomainStateChanged
from ezcore.domain_names.names.models import DomainName, DomainState
from ezcore.domain_names.names.rules import to_unicode
from ezcore.messaging.operations import queue_mail
from ezcore.messaging.rules import Value
from ezcore.work import UnitOfWork

WORDS: Final[dict[str, str]] = {
    DomainState.GRACE: "has expired. It can still be renewed at the usual price for a short while.",
    DomainState.REDEMPTION: "is in redemption: the registry deletes it soon, and bringing it back costs a fee.",
    DomainState.EXPIRED: "has been given up and can be registered by anybody.",
    DomainState.TRANSFERRED_AWAY: "was moved to another registrar.",
}


def state_changed(uow: UnitOfWork, event: DomainStateChanged, key: str) -> None:
    """What became of a name, for states that a client has to know of."""
    if event.state in WORDS:
        domain = queries.by_id(uow, event.domain_id)
        _send(uow, "domain_changed", domain, key, {"words": WORDS[event.state]})


def expires(uow: UnitOfWork, domain: DomainName, days: int) -> None:
    """A reminder of so many days before the expiry, once for each expiry."""
    if domain.expires_on is not None:
        key = f"domain:{domain.id}:{domain.expires_on}:{days}"
        _send(uow, "domain_expires", domain, key, {"expires_on": domain.expires_on})


def _send(uow: UnitOfWork, template: str, domain: DomainName, key: str, values: dict[str, Value]) -> None:
    client = accounts.client_facts(uow, domain.client_id)
    own: dict[str, Value] = {
        "name": client.name,
        "domain": to_unicode(domain.name),
        "link": f"{uow.settings.shop.site_url}/dashboard/domains/{domain.id}/",
    }
    queue_mail(
        uow, template, client.email, own | values, key=key, client_id=client.id, language=client.language
    )
