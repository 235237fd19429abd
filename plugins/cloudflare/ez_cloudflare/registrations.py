"""A domain name as Cloudflare shows it, in the port's words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, Literal

from pydantic import BaseModel

from ez_cloudflare.api import CloudflareApi
from ez_cloudflare.refusals import Missing
from ezcore.plugin_api import RetryAfter
from ezcore.plugin_api.ports.registrar import Registration

State = Literal["pending", "active", "grace", "redemption", "transferring_out", "gone"]
STATES: Final[Mapping[str, State]] = {
    "active": "active",
    "suspended": "active",
    "registration_pending": "pending",
    "transfer_pending": "pending",
    "expired": "grace",
    "redemption_period": "redemption",
    "pending_delete": "gone",
}


class RegistrationSeen(BaseModel):
    """One registration."""

    domain_name: str
    status: str
    auto_renew: bool
    locked: bool
    privacy_mode: str
    created_at: datetime | None = None
    expires_at: datetime | None = None


def seen_at(api: CloudflareApi, name: str) -> RegistrationSeen | None:
    """The name in our account, or None. Raises: RetryAfter for an answer about another name."""
    try:
        seen = api.read(
            RegistrationSeen,
            api.client.registrar.registrations.with_raw_response.get,
            domain_name=name,
            account_id=api.account_id,
        )
    except Missing:
        return None
    if seen.domain_name != name:
        raise RetryAfter(5, "Cloudflare answered about another name")
    return seen


def shown(seen: RegistrationSeen, operation_key: str | None) -> Registration:
    """In the port's words; times become dates in UTC."""
    facts: dict[str, Any] = {"cloudflare_status": seen.status}
    return Registration(
        name=seen.domain_name,
        external_id=seen.domain_name,
        state=STATES.get(seen.status, "pending"),
        registered_on=seen.created_at.astimezone(UTC).date() if seen.created_at else None,
        expires_on=seen.expires_at.astimezone(UTC).date() if seen.expires_at else None,
        locked=seen.locked,
        privacy=seen.privacy_mode == "redaction",
        auto_renew=seen.auto_renew,
        status=("serverHold",) if seen.status == "suspended" else (),
        operation_key=operation_key,
        facts=facts,
    )
