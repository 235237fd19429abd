"""The API: health, and what a client has for programs with a key."""

from __future__ import annotations

from typing import Any

from ezcore.web.api import health
from ezcore.web.api.v1 import lists, openapi
from ezcore.web.shared.views import include_area


def includeme(config: Any) -> None:
    """Register the area."""
    include_area(config, health, lists, openapi)
