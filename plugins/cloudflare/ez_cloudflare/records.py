"""One record in both languages: the port's and Cloudflare's."""

from __future__ import annotations

from typing import Any, Final

from pydantic import BaseModel, Field

from ez_cloudflare.record_data import WITH_DATA, from_data, host, quoted, to_data, unquoted
from ezcore.plugin_api import PermanentFailure
from ezcore.plugin_api.ports.dns import DnsRecord

AUTOMATIC: Final = 1
"""Cloudflare's word for "the provider's own ttl"; proxied records always have it."""
HOSTS: Final = frozenset({"CNAME", "MX", "NS", "PTR"})
PROXIABLE: Final = frozenset({"A", "AAAA", "CNAME"})
TYPES: Final = frozenset({"A", "AAAA", "TXT", *HOSTS, *WITH_DATA})
WITH_PRIORITY: Final = frozenset({"MX", "URI"})
"""Those whose priority stands beside `content`; SRV, HTTPS and SVCB have it in `data`."""


class Seen(BaseModel):
    """A record as Cloudflare shows it."""

    id: str = Field(pattern=r"^[0-9a-f]{32}$")
    name: str
    type: str
    content: str | None = None
    ttl: float = AUTOMATIC
    priority: float | None = None
    proxied: bool | None = None
    comment: str | None = None
    data: dict[str, Any] | None = None


def shown(seen: Seen) -> DnsRecord | None:
    """Cloudflare's record in the port's words; None for a type that the port does not know (CERT, SMIMEA ...)."""
    if seen.type not in TYPES:
        return None
    content, priority = _content(seen)
    return DnsRecord.model_validate(
        {
            "name": host(seen.name),
            "type": seen.type,
            "content": content,
            "ttl": None if seen.ttl == AUTOMATIC else int(seen.ttl),
            "priority": int(seen.priority)
            if seen.priority is not None and seen.type in WITH_PRIORITY
            else priority,
            "proxied": bool(seen.proxied) if seen.type in PROXIABLE else None,
            "comment": seen.comment or "",
            "external_id": seen.id,
        }
    )


def asked(record: DnsRecord) -> dict[str, Any]:
    """The port's record as Cloudflare wants it sent. Raises: PermanentFailure naming the record."""
    if record.type not in TYPES:
        raise PermanentFailure(f"Cloudflare has no records of type {record.type} ({record.name})")
    sent: dict[str, Any] = {
        "name": record.name,
        "type": record.type,
        "ttl": AUTOMATIC if record.proxied or record.ttl is None else record.ttl,
    }
    if record.proxied is not None and record.type in PROXIABLE:
        sent["proxied"] = record.proxied
    if record.comment:
        sent["comment"] = record.comment
    if record.type in WITH_PRIORITY:
        sent["priority"] = record.priority or 0
    if record.type in WITH_DATA:
        try:
            sent["data"] = to_data(record.type, record.content, record.priority)
        except ValueError as error:
            raise PermanentFailure(f"{record.name}: {error}") from None
    elif record.type == "TXT":
        sent["content"] = quoted(record.content)
    else:
        sent["content"] = host(record.content) if record.type in HOSTS else record.content
    return sent


def canonical(record: DnsRecord) -> tuple[str, str, str, int | None]:
    """The record's identity as it would come back."""
    back = shown(Seen(id="0" * 32, **asked(record)))
    assert back is not None
    return back.identity


def differs(wish: DnsRecord, seen: DnsRecord) -> bool:
    """Has the record what the wish says besides its identity? What the wish leaves open is no difference."""
    ttl = None if wish.proxied else wish.ttl
    return (
        seen.ttl != ttl
        or (wish.proxied is not None and wish.type in PROXIABLE and seen.proxied != wish.proxied)
        or bool(wish.comment and wish.comment != seen.comment)
    )


def _content(seen: Seen) -> tuple[str, int | None]:
    if seen.type in WITH_DATA:
        return from_data(seen.type, seen.data or {})
    content = seen.content or ""
    if seen.type == "TXT":
        return unquoted(content), None
    return (
        host(content) if seen.type in HOSTS else content.lower() if seen.type == "AAAA" else content
    ), None
