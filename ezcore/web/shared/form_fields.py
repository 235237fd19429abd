"""Turns a pydantic model into the fields that the form macro prints: one schema language for admin, API and docs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo


@dataclass(frozen=True)
class Field:
    """One input: `kind` is text, secret, number, bool, select, textarea; `fixed_by` names the source that fixes it."""

    name: str
    label: str
    kind: str
    value: Any
    hint: str | None
    error: str | None
    required: bool
    choices: tuple[tuple[str, str], ...] = ()
    fixed_by: str | None = None


def fields_of(
    model: type[BaseModel],
    values: Mapping[str, Any],
    errors: Mapping[str, str],
    fixed: Mapping[str, str] | None = None,
) -> list[Field]:
    """The fields of a model with what was typed (or stands) and what is wrong."""
    return [
        _field(name, info, values.get(name), errors.get(name), (fixed or {}).get(name))
        for name, info in model.model_fields.items()
    ]


def _field(name: str, info: FieldInfo, value: Any, error: str | None, fixed_by: str | None) -> Field:
    choices = _choices(info.annotation)
    kind = _kind(info, choices)
    if value is None and not info.is_required() and info.default is not None and kind != "secret":
        value = info.default
    hint = info.description
    if kind == "secret":
        value, hint = "", "; ".join(filter(None, (hint, "leave blank to keep the one stored")))
    return Field(
        name, info.title or name.replace("_", " ").capitalize(), kind, _shown(value), hint, error,
        info.is_required(), choices, fixed_by,
    )  # fmt: skip


def _kind(info: FieldInfo, choices: tuple[tuple[str, str], ...]) -> str:
    extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    ui = extra.get("ui")
    if isinstance(ui, dict) and ui.get("widget") == "textarea":
        return "textarea"
    kinds = {SecretStr: "secret", bool: "bool", int: "number", float: "number"}
    if info.annotation in kinds:
        return kinds[info.annotation]
    if get_origin(info.annotation) in (list, tuple):
        return "textarea"
    return "select" if choices else "text"


def _choices(annotation: Any) -> tuple[tuple[str, str], ...]:
    if get_origin(annotation) is Literal:
        return tuple((str(value), str(value)) for value in get_args(annotation))
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return tuple((str(member.value), member.name.capitalize()) for member in annotation)
    return ()


def _shown(value: Any) -> Any:
    if isinstance(value, SecretStr):
        return ""
    if isinstance(value, list | tuple):
        return "\n".join(str(item) for item in value)
    return "" if value is None else value
