"""The API: health now, the REST API with its own issue."""

from __future__ import annotations

from typing import Any

from ezcore.web.api import health
from ezcore.web.shared.views import include_area


def includeme(config: Any) -> None:
    """Register the area."""
    include_area(config, health)
