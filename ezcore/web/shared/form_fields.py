"""Turns a pydantic model into the fields that the form macro prints: one schema for admin and API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from pydantic import BaseModel, SecretBytes, SecretStr
from pydantic.config import JsonDict
from pydantic.fields import FieldInfo

from ezcore.kernel.money import Money
from ezcore.languages import say
from ezcore.web.shared.field_kinds import LISTS, choices_of, kind_of

NEEDED: Final[JsonDict] = {"ui": {"needed": True}}
"""`json_schema_extra` of a field that the form takes empty and the operation does not, so that it tells all errors."""


@dataclass(frozen=True)
class Field:
    """One input. `kind` is text, secret, number, money, date, bool, select or textarea.

    What is not `required` may stay empty. `suffix` follows the input (a currency, a unit); `fixed_by` names the
    source that fixes it.
    """

    name: str
    label: str
    kind: str
    value: Any
    hint: str | None
    error: str | None
    required: bool
    choices: tuple[tuple[str, str], ...] = ()
    fixed_by: str | None = None
    suffix: str | None = None


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
    kind = kind_of(info)
    if value is None and not info.is_required() and kind != "secret":
        value = info.get_default(call_default_factory=True, validated_data={})
    hint = say(info.description) if info.description else None
    if kind == "secret":
        kept = say("leave blank to keep the one stored")
        value, hint = "", f"{hint.rstrip('.')}; {kept}" if hint else kept
    return Field(
        name=name,
        label=say(info.title or name.replace("_", " ").capitalize()),
        kind=kind,
        value=_shown(value),
        hint=hint,
        error=error,
        required=_is_asked(info),
        choices=tuple((value, say(word)) for value, word in choices_of(info)),
        fixed_by=fixed_by,
        suffix=_suffix(info),
    )


def _is_asked(info: FieldInfo) -> bool:
    """May it not stay empty? An operation may want what the form itself takes; what has a value is not left empty."""
    if info.is_required() or _ui(info).get("needed"):
        return True
    return info.get_default(call_default_factory=True, validated_data={}) not in (None, "", [], ())


def _suffix(info: FieldInfo) -> str | None:
    ui = _ui(info)
    found = ui.get("suffix") or ui.get("currency")
    return str(found) if found else None


def _ui(info: FieldInfo) -> Mapping[str, Any]:
    extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    found = extra.get("ui")
    return found if isinstance(found, dict) else {}


def _shown(value: Any) -> Any:
    if isinstance(value, SecretStr | SecretBytes) or value is None:
        return ""
    if isinstance(value, Money):
        return f"{value.decimal:f}"
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, LISTS):
        return "\n".join(str(item) for item in value)
    return value
