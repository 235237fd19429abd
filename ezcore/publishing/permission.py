"""Who may publish."""

from __future__ import annotations

from typing import Final

MANAGE: Final = "content.manage"
"""Writes, publishes and withdraws all that the shop says to everybody."""
