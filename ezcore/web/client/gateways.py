"""Which ways to pay are offered to a client now."""

from __future__ import annotations

from ezcore.web.shared.offers import Offer, offered

__all__ = ["Offer", "offered"]
