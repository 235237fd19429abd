"""What the imitated registrar sells, and at which price."""

from __future__ import annotations

import re
from typing import Any, Final

CURRENCY: Final = "USD"
COSTS: Final[dict[str, tuple[str, str]]] = {
    "com": ("10.44", "10.44"), "net": ("11.84", "11.84"), "org": ("7.50", "10.11"), "info": ("9.18", "22.18"),
    "dev": ("12.18", "12.18"), "app": ("14.18", "14.18"), "io": ("45.00", "45.00"), "ai": ("70.00", "70.00"),
    "me": ("16.18", "16.18"), "xyz": ("1.18", "11.18"), "online": ("4.18", "26.18"), "shop": ("3.18", "30.18"),
    "cloud": ("8.18", "20.18"), "uk": ("5.22", "5.22"), "co.uk": ("5.22", "5.22"), "us": ("6.50", "6.50"),
}  # fmt: skip
EXCLUDED: Final = frozenset({"giving", "mom", "inc", "lol", "sh", "link", "cc", "new"})
LABEL: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
PREMIUM: Final = "premium"
"""A label that begins so costs more."""


def schema(name: str) -> dict[str, Any]:
    """The registration schema of a name's ending."""
    least = 2 if name.endswith(".ai") else 1
    years = {"type": "integer", "minimum": least, "maximum": 10}
    return {"type": "object", "properties": {"years": years, "contacts": {"type": "object"}}}


def offer(name: str, *, taken: bool) -> dict[str, Any]:
    """One result of a check or a search."""
    label, _, ending = name.partition(".")
    if ending in EXCLUDED:
        return {"name": name, "registrable": False, "reason": "extension_not_supported_via_api"}
    if ending not in COSTS:
        return {"name": name, "registrable": False, "reason": "extension_not_supported"}
    if not LABEL.fullmatch(label) or taken:
        return {"name": name, "registrable": False, "reason": "domain_unavailable"}
    if label.startswith(PREMIUM):
        return {"name": name, "registrable": False, "reason": "domain_premium", "tier": "premium"}
    first, renewal = COSTS[ending]
    pricing = {"currency": CURRENCY, "registration_cost": first, "renewal_cost": renewal}
    return {"name": name, "registrable": True, "tier": "standard", "pricing": pricing}
