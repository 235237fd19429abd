"""Reads and writes one setting of a plugin as the text that environment, ini and database can hold."""

from __future__ import annotations

import json
from typing import Any, get_args, get_origin

from pydantic import BaseModel, SecretBytes, SecretStr
from pydantic.fields import FieldInfo

_LISTS = (list, tuple, set, frozenset)


def is_secret(field: FieldInfo) -> bool:
    """Is its value sealed in the database and never shown?"""
    return _mentions(field.annotation, (SecretStr, SecretBytes))


def from_text(field: FieldInfo, text: str) -> Any:
    """What a variable or an ini line means: JSON or commas for structured fields, else the text itself."""
    kinds = _kinds(field.annotation)
    structured = any(get_origin(kind) in (*_LISTS, dict) or kind in (*_LISTS, dict) for kind in kinds)
    if not structured and not any(isinstance(kind, type) and issubclass(kind, BaseModel) for kind in kinds):
        return text
    if text.lstrip().startswith(("[", "{")):
        try:
            return json.loads(text)
        except ValueError:
            return text  # pydantic says what is wrong with it, by field
    return [part.strip() for part in text.split(",") if part.strip()]


def plain(value: Any) -> Any:
    """A validated value as JSON can hold it, secrets in the clear: for sealing, never for showing."""
    if isinstance(value, SecretStr | SecretBytes):
        revealed = value.get_secret_value()
        return revealed.decode() if isinstance(revealed, bytes) else revealed
    if isinstance(value, BaseModel):
        return {name: plain(getattr(value, name)) for name in type(value).model_fields}
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, _LISTS):
        return [plain(item) for item in value]
    return value if isinstance(value, bool | int | float | str | None) else str(value)


def is_blank(value: Any) -> bool:
    """Nothing was typed: for a secret that means 'leave it as it is'."""
    shown = plain(value)
    return shown is None or shown in ("", [])


def _mentions(annotation: Any, wanted: tuple[type, ...]) -> bool:
    return annotation in wanted or any(_mentions(part, wanted) for part in get_args(annotation))


def _kinds(annotation: Any) -> tuple[Any, ...]:
    """The annotation, or the members of a union."""
    if get_origin(annotation) in _LISTS or get_origin(annotation) is dict:
        return (annotation,)
    return get_args(annotation) or (annotation,)
