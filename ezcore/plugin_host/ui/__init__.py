"""Collects what plugins put on pages: checked, within a time limit, and never able to take a page down."""

from __future__ import annotations

from ezcore.plugin_host.ui.checks import WrongContribution, checked_rows
from ezcore.plugin_host.ui.slots import Filled, Given, Slots

__all__ = ["Filled", "Given", "Slots", "WrongContribution", "checked_rows"]
