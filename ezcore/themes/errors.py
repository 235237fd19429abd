"""What can be wrong with a theme."""

from __future__ import annotations

from ezcore.settings import SettingsError


class ThemeError(SettingsError):
    """A theme cannot be used; the message names the file and the field."""
