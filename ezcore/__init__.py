"""ezcore: a plugin-based framework that sells, bills and delivers hosting."""

from __future__ import annotations

from typing import Final

VERSION: Final = "0.1.0"
"""Version of the framework; the distribution takes its number from here."""
