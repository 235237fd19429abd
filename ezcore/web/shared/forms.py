"""Reads forms into pydantic models.

Duplicates of single fields are refused, errors stand at their field in plain words, nothing typed is lost,
secrets are never echoed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from ezcore.kernel.errors import InvalidInput
from ezcore.web.shared.field_kinds import bare, blank_is_missing, is_list, is_secret, misshapen
from ezcore.web.shared.form_words import explain, sentence
from ezcore.web.shared.readable import storable
from ezcore.web.shared.security import FIELD

M = TypeVar("M", bound=BaseModel)
MAX_FIELDS = 200
MAX_LENGTH = 20_000
MAX_ECHO = 200


@dataclass
class Form(Generic[M]):
    """A form as it was sent: `model` when it is right, else `errors` by field; `values` is what was typed."""

    model: M | None = None
    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def is_valid(self) -> bool:
        """Nothing is wrong so far."""
        return self.model is not None and not self.errors

    def checked(self) -> M:
        """The model. Raises: InvalidInput when the form is wrong."""
        if self.model is None:
            name, text = next(iter(self.errors.items()), ("", "this form is not filled in"))
            raise InvalidInput(text, field=name or None)
        return self.model

    def refuse(self, error: InvalidInput, default: str = "form") -> None:
        """Put an operation's refusal at the field it names."""
        self.errors[error.field or default] = sentence(error.message)

    def value(self, name: str) -> Any:
        """What was typed, or stands in the model."""
        return self.values.get(name, "")

    def error(self, name: str) -> str | None:
        """What is wrong with this field."""
        return self.errors.get(name)


def read_form(
    request: Any,
    model: type[M],
    *,
    prefix: str = "",
    standing: Mapping[str, Any] | None = None,
    longest: int = MAX_LENGTH,
) -> Form[M]:
    """Read the POST body into `model`; fields that are not in it are ignored, never taken.

    `standing` holds what stands for fields that the form did not send (fixed elsewhere) and for secrets left
    blank; without it a blank secret reaches the model as an empty one, which `save_settings` reads as "keep".
    `longest` bounds the characters of one field.
    """
    form: Form[M] = Form()
    posted = request.POST
    if len(posted) > MAX_FIELDS:
        form.errors["form"] = "This form has too many fields"
        return form
    raw: dict[str, Any] = {}
    for name, info in model.model_fields.items():
        given = [_text(value) for value in posted.getall(prefix + name)]
        _read(form, raw, name, info.annotation, given, longest)
    for name, value in (standing or {}).items():
        raw.setdefault(name, value)
    secrets = [name for name, info in model.model_fields.items() if is_secret(info.annotation)]
    for name in secrets:
        if prefix + name in posted:
            raw.setdefault(name, "")
    _validate(form, model, raw)
    for name in secrets:
        form.values.pop(name, None)
    return form


def _validate(form: Form[M], model: type[M], raw: dict[str, Any]) -> None:
    try:
        made = model.model_validate(raw)
    except ValidationError as error:
        # What we found ourselves says more than "missing", which is what the model makes of it.
        form.errors = explain(error) | form.errors
    except InvalidInput as error:
        form.refuse(error)
    else:
        form.model = made if not form.errors else None


def _read(
    form: Form[Any], raw: dict[str, Any], name: str, annotation: Any, given: list[str], longest: int
) -> None:
    """Take what was given for one field: into `values` as typed, into `raw` as the model shall see it."""
    several = is_list(annotation)
    if len(given) > 1 and not several:
        form.errors[name] = "This was sent more than once"
        return
    if any(len(text) > longest or not storable(text) for text in given):
        form.errors[name] = "This text cannot be stored"
        form.values[name] = "".join(filter(storable, given[0][:MAX_ECHO]))
        return
    if several:
        lines = [line.strip() for text in given for line in text.splitlines() if line.strip()]
        form.values[name] = raw[name] = lines
    elif bare(annotation) is bool:
        form.values[name] = raw[name] = bool(given) and given[0] not in ("", "0", "false", "off")
    elif given:
        form.values[name] = given[0]
        if given[0].strip() or not blank_is_missing(annotation):
            raw[name] = given[0]
            if words := misshapen(annotation, given[0]):
                form.errors[name] = words


def _text(value: Any) -> str:
    """A field as text; an upload where text is expected is nothing."""
    return value if isinstance(value, str) else ""


__all__ = ["FIELD", "Form", "explain", "read_form", "sentence"]
