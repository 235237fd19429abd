"""What every section of the settings is: frozen, typed, each field with a note."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from ezcore.kernel.errors import EzError


class SettingsError(EzError):
    """Start-up stops: a setting is missing or wrong."""


class Section(BaseModel):
    """Parent of the sections; unknown names are refused so that a typing error is noticed."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def setting(default: Any, note: str, env: str | None = None, *, secret: bool = False, **rules: Any) -> Any:
    """A field with its note for docs/settings.md and, where it is not by rule, its environment variable.

    A `secret` is left out of every repr, so that it does not end in a log.
    """
    extra: dict[str, Any] | None = {"env": env} if env else None
    return Field(default=default, description=note, json_schema_extra=extra, repr=not secret, **rules)
