"""Values of a form kept in a row: what is secret is encrypted and bound to the row, the rest is plain."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, SecretStr, ValidationError

from ezcore.kernel.errors import InvalidInput
from ezcore.work import UnitOfWork


def check(model: type[BaseModel], values: Mapping[str, Any]) -> BaseModel:
    """The values as this model. Raises: InvalidInput naming the field."""
    try:
        return model.model_validate(dict(values))
    except ValidationError as error:
        first = error.errors()[0]
        field = str(first["loc"][0]) if first["loc"] else None
        raise InvalidInput(first["msg"].removeprefix("Value error, "), field=field) from error


def split(uow: UnitOfWork, row: str, checked: BaseModel) -> tuple[dict[str, Any], dict[str, str]]:
    """Plain and sealed values of a model; `row` names where they lie, and they open nowhere else."""
    plain: dict[str, Any] = checked.model_dump(mode="json")
    sealed = {}
    for name in type(checked).model_fields:
        value = getattr(checked, name)
        if isinstance(value, SecretStr):
            sealed[name] = uow.box.seal(f"{row}:{name}", value.get_secret_value())
            plain.pop(name)
    return plain, sealed


def opened(uow: UnitOfWork, row: str, sealed: Mapping[str, str]) -> dict[str, str]:
    """The secret values again."""
    return {name: uow.box.open(f"{row}:{name}", text) for name, text in sealed.items()}
