"""Searches for tickets in Zammad's database.

A search by words (`query`) asks Elasticsearch, which lags and may not be there. One by conditions alone asks the
database, so it knows what was made a moment ago.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from ez_zammad.api import ZammadApi, nonsense
from ez_zammad.shapes import TicketSeen, seen

PAGE: Final = 200
"""Zammad gives no more at once."""
MOST_PAGES: Final = 25


def by_reference(api: ZammadApi, reference: str, agent: int) -> str | None:
    """The oldest ticket that our agent opened under a reference of ours; a client may quote one in a mail's subject."""
    begins = mark(reference)
    found = _page(api, {"ticket.title": {"operator": "contains", "value": begins}}, "created_at", 1)
    mine = [one.id for one in found if one.title.startswith(begins) and one.created_by_id == agent]
    return str(min(mine)) if mine else None


def changed_since(api: ZammadApi, since: datetime) -> list[str]:
    """Ids of tickets, the one that changed last first."""
    # Databases leave the zone of such a text out, so it has to be UTC.
    moment = f"{since.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000Z"
    condition = {"ticket.updated_at": {"operator": "after (absolute)", "value": moment}}
    found: dict[str, None] = {}
    for page in range(1, MOST_PAGES + 1):
        tickets = _page(api, condition, "updated_at", page)
        found |= {str(one.id): None for one in tickets if one.updated_at >= since}
        if len(tickets) < PAGE:
            break
    return list(found)


def mark(reference: str) -> str:
    """How the title of a ticket of ours begins."""
    return f"[{reference}] "


def _page(
    api: ZammadApi, condition: Mapping[str, Mapping[str, str]], sort_by: str, page: int
) -> list[TicketSeen]:
    wish: dict[str, Any] = {
        "condition": condition, "sort_by": sort_by, "order_by": "desc", "page": page, "per_page": PAGE, "limit": PAGE,
        "expand": True,
    }  # fmt: skip
    answer = api.search("/tickets/search", wish)
    # Without `expand`, which old ones forget: ids, and the tickets as assets.
    if isinstance(answer, dict) and isinstance(answer.get("assets"), dict):
        tickets = answer["assets"].get("Ticket", {})
        answer = list(tickets.values()) if isinstance(tickets, dict) else None
    if not isinstance(answer, list):
        raise nonsense()
    return [seen(TicketSeen, one) for one in answer]
