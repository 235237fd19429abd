"""Reads forms into pydantic models: duplicates of single fields refused, errors per field in plain words, nothing
typed is lost, secrets never echoed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, get_origin

from pydantic import BaseModel, SecretStr, ValidationError

from ezcore.kernel.errors import InvalidInput
from ezcore.web.shared.security import FIELD

M = TypeVar("M", bound=BaseModel)
MAX_FIELDS = 200
MAX_LENGTH = 20_000

PLAIN_WORDS = {
    "missing": "Fill this in",
    "string_too_short": "This is too short",
    "string_too_long": "This is too long",
    "string_pattern_mismatch": "This is not in the expected form",
    "int_parsing": "Write a whole number",
    "literal_error": "Choose one of those offered",
    "enum": "Choose one of those offered",
    "bool_parsing": "Choose yes or no",
    "extra_forbidden": "This field is not known here",
}


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


def read_form(request: Any, model: type[M], *, prefix: str = "") -> Form[M]:
    """Read the POST body into `model`; fields that are not in it are ignored, never taken."""
    form: Form[M] = Form()
    posted = request.POST
    if len(posted) > MAX_FIELDS:
        form.errors["form"] = "This form has too many fields"
        return form
    for name, info in model.model_fields.items():
        _read(form, name, info.annotation, [str(value) for value in posted.getall(prefix + name)])
    secret = {name for name in model.model_fields if _is_secret(model, name)}
    if not form.errors:
        try:
            form.model = model.model_validate(form.values)
        except ValidationError as error:
            form.errors = explain(error)
    for name in secret:
        form.values.pop(name, None)
    return form


def explain(error: ValidationError) -> dict[str, str]:
    """The first thing wrong with each field, in plain words."""
    found: dict[str, str] = {}
    for line in error.errors():
        name = str(line["loc"][0]) if line["loc"] else "form"
        words = PLAIN_WORDS.get(line["type"]) or line["msg"].removeprefix("Value error, ")
        found.setdefault(name, sentence(words))
    return found


def sentence(text: str) -> str:
    """With a capital letter."""
    return text[:1].upper() + text[1:]


def _read(form: Form[Any], name: str, annotation: Any, given: list[str]) -> None:
    if get_origin(annotation) in (list, tuple):
        form.values[name] = given
        return
    if len(given) > 1:
        form.errors[name] = "This was sent more than once"
        return
    if annotation is bool:
        form.values[name] = bool(given) and given[0] not in ("", "0", "false", "off")
        return
    if not given:
        return
    if len(given[0]) > MAX_LENGTH or "\0" in given[0] or any("\ud800" <= c <= "\udfff" for c in given[0]):
        form.errors[name] = "This text cannot be stored"
        form.values[name] = given[0].replace("\0", "")[:200]
        return
    form.values[name] = given[0]


def _is_secret(model: type[BaseModel], name: str) -> bool:
    return model.model_fields[name].annotation is SecretStr


__all__ = ["FIELD", "Form", "explain", "read_form", "sentence"]
