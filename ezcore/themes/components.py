"""The contract of the components: what each macro of `ui/` and each layout takes, which slots it has, its version."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ezcore.themes.errors import ThemeError

FILE: Final = "ui/contracts.toml"


class Component(BaseModel):
    """One macro. `params` are set by `tal:define`; those ending in `?` may be left out."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: str
    version: Annotated[int, Field(ge=1)] = 1
    params: tuple[str, ...] = ()
    slots: tuple[str, ...] = ()
    note: str


@dataclass(frozen=True)
class Contracts:
    """All components of base, and the version of the whole."""

    version: int
    macros: Mapping[str, Component]


@cache
def read_contracts(base: Path) -> Contracts:
    """What base promises. Raises: ThemeError naming the component."""
    facts = tomllib.loads((base / FILE).read_text(encoding="utf-8"))
    version = int(facts.pop("version"))
    macros: dict[str, Component] = {}
    for name, values in facts.items():
        try:
            macros[name] = Component.model_validate(values)
        except ValidationError as error:
            first = error.errors()[0]
            raise ThemeError(f"{FILE}: {name}: {first['loc'][0]}: {first['msg']}") from error
    return Contracts(version, macros)


def as_table(contracts: Contracts) -> str:
    """The table of docs/themes.md."""
    lines = ["| component | version | parameters | slots | what for |", "|---|---|---|---|---|"]
    for name, one in sorted(contracts.macros.items(), key=lambda item: (item[1].file, item[0])):
        cells = (
            f"`{one.file}` `{name.rpartition('.')[2]}`",
            str(one.version),
            " ".join(f"`{param}`" for param in one.params),
            " ".join(f"`{slot}`" for slot in one.slots),
            one.note,
        )
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)
