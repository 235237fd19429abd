"""Pure rules of keys: how they look, what they may be good for, how long they live."""

from __future__ import annotations

from typing import Final

MARK: Final = "ez"
LONGEST: Final = 120
MOST: Final = 20
LIVES: Final = (30, 90, 365)
"""Days; no key lives for ever."""
SCOPES: Final = {
    "read": "Reads services, domain names and invoices",
    "write": "Changes them, where the API offers it; it reads nothing",
}
READS: Final = frozenset({"client.read", "client.billing", "client.services", "client.domains"})
"""What a key with the scope `read` may do at most. Never anything of the account itself."""


def prefix_of(text: str) -> str | None:
    """The prefix of what looks like a key of ours; None for anything else."""
    parts = text.split("_", 2)
    looks = len(text) <= LONGEST and text.isascii() and len(parts) == 3 and parts[0] == MARK  # noqa: PLR2004 - mark, prefix, secret
    return parts[1] if looks else None
