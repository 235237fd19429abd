"""What tickets and articles of the imitated Zammad look like."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from ezcore.plugin_api.sandbox import Document, SandboxRequest

NAMES: Final = {
    "state": ("new", "open", "pending reminder", "pending close", "closed", "merged"),
    "priority": ("1 low", "2 normal", "3 high"),
}
ALSO_NAMES: Final = ("group", "customer")


def ticket_of(number: int, wish: dict[str, Any], customer: Document, by: int, now: str) -> Document:
    """A new ticket."""
    return {
        "id": number, "number": str(22000 + number), "title": wish["title"], "group": wish["group"], "group_id": 1,
        "customer": customer["login"], "customer_id": customer["id"], "owner_id": 1, "organization_id": None,
        "priority": wish.get("priority", "2 normal"), "state": "new", "note": wish.get("note"), "pending_time": None,
        "preferences": {}, "created_by_id": by, "updated_by_id": by, "created_at": now, "updated_at": now,
    }  # fmt: skip


def article_of(number: int, ticket: int, wish: dict[str, Any], by: int, sender: str, now: str) -> Document:
    """A new article; files are only named."""
    return {
        "id": number, "ticket_id": ticket, "from": sender, "to": None, "cc": None, "message_id": None,
        "subject": wish.get("subject"), "body": wish["body"], "type": wish.get("type", "note"),
        "content_type": wish.get("content_type", "text/plain"), "sender": wish.get("sender", "Agent"),
        "internal": bool(wish.get("internal")), "attachments": wish.get("attachments", []), "created_by_id": by,
        "updated_by_id": by, "created_at": now, "updated_at": now,
    }  # fmt: skip


def shown(ticket: Document, request: SandboxRequest) -> Document:
    """With names beside the ids where `expand` is asked for; without, ids alone."""
    ids = {f"{name}_id": values.index(ticket[name]) + 1 for name, values in NAMES.items()}
    asked = request.query.get("expand") == "true" or (request.body and request.json().get("expand") is True)
    names = () if asked else (*NAMES, *ALSO_NAMES)
    return {name: value for name, value in ticket.items() if name not in names} | ids


def stamp(moment: datetime) -> str:
    """As Zammad writes it, to the millisecond."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"
