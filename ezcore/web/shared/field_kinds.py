"""What a pydantic field is to a form: its kind, its choices, whether it is a secret, how its text must look.

pydantic is generous with text (``1_000``, digits of other scripts and timestamps for dates pass); people type
prices here, so every kind has one strict shape.
"""

from __future__ import annotations

import re
import types
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

from pydantic import SecretBytes, SecretStr
from pydantic.fields import FieldInfo

LISTS: Final = (list, tuple, set, frozenset)
_NUMBERS: Final = (int, float, Decimal)
_WHOLE: Final = (re.compile(r"-?[0-9]{1,18}"), "Write a whole number")
_DECIMAL: Final = (re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,12})?"), "Write a number such as 12.50")
_DAY: Final = (re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"), "Write a date such as 2026-03-31")
_SHAPES: Final = {int: _WHOLE, float: _DECIMAL, Decimal: _DECIMAL, date: _DAY}


def bare(annotation: Any) -> Any:
    """The type without `Annotated` and without `| None`."""
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    if get_origin(annotation) in (Union, types.UnionType):
        members = [part for part in get_args(annotation) if part is not type(None)]
        if len(members) == 1:
            return bare(members[0])
    return annotation


def is_secret(annotation: Any) -> bool:
    """Never shown again, whatever stands around it (`SecretStr | None`)."""
    return annotation in (SecretStr, SecretBytes) or any(is_secret(part) for part in get_args(annotation))


def is_list(annotation: Any) -> bool:
    """Takes several values: one per line, or one per box that is ticked."""
    found = bare(annotation)
    return found in LISTS or get_origin(found) in LISTS


def kind_of(info: FieldInfo) -> str:
    """How the field is printed: text, secret, number, money, date, bool, select or textarea."""
    annotation = bare(info.annotation)
    if is_secret(annotation):
        return "secret"
    wanted = _widget(info)
    if wanted in ("textarea", "money", "date", "text"):
        return wanted
    if is_list(annotation):
        return "textarea"
    if choices_of(info):
        return "select"
    simple = {bool: "bool", date: "date", **dict.fromkeys(_NUMBERS, "number")}
    return simple.get(annotation, "text")


def choices_of(info: FieldInfo) -> tuple[tuple[str, str], ...]:
    """Value and words of what can be chosen; "choose nothing" stands first where nothing is allowed."""
    annotation = bare(info.annotation)
    found: tuple[tuple[str, str], ...] = ()
    if get_origin(annotation) is Literal:
        found = tuple((str(value), str(value)) for value in get_args(annotation))
    elif isinstance(annotation, type) and issubclass(annotation, Enum):
        found = tuple(
            (str(member.value), member.name.replace("_", " ").capitalize()) for member in annotation
        )
    optional = annotation is not info.annotation and type(None) in get_args(info.annotation)
    return (("", "-"), *found) if found and optional else found


def misshapen(annotation: Any, text: str) -> str | None:
    """What is wrong with the look of this text for this type; None when it can be handed to the model."""
    pattern, words = _SHAPES.get(bare(annotation), (None, ""))
    return words if pattern is not None and pattern.fullmatch(text.strip()) is None else None


def blank_is_missing(annotation: Any) -> bool:
    """Is an empty input the same as no input? Everywhere but in plain text."""
    return bare(annotation) is not str or bare(annotation) is not annotation


def _widget(info: FieldInfo) -> str | None:
    extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    ui = extra.get("ui")
    found = ui.get("widget") if isinstance(ui, dict) else None
    return str(found) if found else None
