"""What a reader is given: where to read, and what the event says that never changes (ids, who it was)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from ez_stripe.reading import Doc
from ezcore.plugin_api.ports.webhook_source import Fact

if TYPE_CHECKING:
    from ez_stripe.api import StripeApi


@dataclass(frozen=True)
class Reading:
    """Stripe as it is now, and the shop's time zone."""

    api: StripeApi
    zone: ZoneInfo


@dataclass(frozen=True)
class Hint:
    """An event: its type, the object's id, the object as it was (`found`) and what changed of it (`before`)."""

    kind: str
    object_id: str
    found: Doc
    before: Doc


Reader = Callable[[Reading, Hint], Sequence[Fact]]
"""Reads the object of an event. Raises: Parked, Missing, Unreadable, the signals."""
