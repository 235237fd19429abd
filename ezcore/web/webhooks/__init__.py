"""Webhooks from vendors: verify, store, answer; everything else is a job."""

from __future__ import annotations

from typing import Any

from ezcore.web.shared.views import include_area
from ezcore.web.webhooks import inbox


def includeme(config: Any) -> None:
    """Register the area."""
    include_area(config, inbox)
