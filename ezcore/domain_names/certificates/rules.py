"""Pure rules of certificates: which names, when to renew, which proof fits. No I/O."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final

from ezcore.domain_names.names.rules import parse_host
from ezcore.kernel.errors import InvalidInput

MOST_NAMES: Final = 100
WILDCARD: Final = "*."
LIFE_USED: Final = 2 / 3
SPREAD: Final = 1 / 24
WARN_BEFORE: Final = timedelta(days=7)
FIRST_PAUSE: Final = timedelta(hours=12)
LONGEST_PAUSE: Final = timedelta(days=3)
_STEPS: Final = 997


def parse_names(typed: str, field: str = "names") -> tuple[str, ...]:
    """Host names separated by spaces, commas or lines, in the order typed; those that a wildcard covers are left out.

    Raises: InvalidInput naming the field.
    """
    words = [word for word in re.split(r"[\s,;]+", typed.strip()) if word]
    if not words:
        raise InvalidInput("write at least one name, such as example.com", field=field)
    found = list(dict.fromkeys(_parse(word, field) for word in words))
    if len(found) > MOST_NAMES:
        raise InvalidInput(f"one certificate holds at most {MOST_NAMES} names", field=field)
    return tuple(name for name in found if name.startswith(WILDCARD) or not covers_by_wildcard(found, name))


def _parse(word: str, field: str) -> str:
    bare = word.removeprefix(WILDCARD)
    if "*" in bare:
        raise InvalidInput(f"{word[:80]}: a star stands alone and first, as in *.example.com", field=field)
    name = parse_host(bare, field)
    if len(name) > 253 - len(WILDCARD):
        raise InvalidInput("a name has at most 251 characters here", field=field)
    return f"{WILDCARD}{name}" if word.startswith(WILDCARD) else name


def covers_by_wildcard(names: Collection[str], host: str) -> bool:
    """Does a wildcard among the names stand for this host? A star is one label."""
    label, _, rest = host.partition(".")
    return bool(label) and f"{WILDCARD}{rest}" in names


def covers(names: Collection[str], host: str) -> bool:
    """Is the host named, or meant by a wildcard?"""
    return host in names or covers_by_wildcard(names, host)


def has_wildcard(names: Sequence[str]) -> bool:
    """Wildcards are proved by DNS only (RFC 8555 7.1.3)."""
    return any(name.startswith(WILDCARD) for name in names)


def renew_at(not_before: datetime, not_after: datetime, certificate_id: int) -> datetime:
    """After two thirds of its life, minus a share of its own, so that what was issued together is not renewed so."""
    life: timedelta = not_after - not_before
    share = (certificate_id * 7919 % _STEPS) / _STEPS
    return not_before + life * (LIFE_USED - SPREAD * share)


def next_try(now: datetime, failures: int) -> datetime:
    """When a renewal that failed is tried again: authorities count failures, so never at once."""
    pause = FIRST_PAUSE * float(2 ** min(max(0, failures - 1), 10))
    return now + min(pause, LONGEST_PAUSE)


def days_left(not_after: datetime, now: datetime) -> int:
    """Whole days until it expires; negative afterwards."""
    return (not_after - now).days
