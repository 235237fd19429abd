"""The client area."""

from __future__ import annotations

from typing import Any


def includeme(_config: Any) -> None:
    """Register the area."""
