"""Reads `theme.toml`: who the theme is, what it inherits, what it was made for, its tokens and its colour."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, field_validator

from ezcore.themes.errors import ThemeError

FILE: Final = "theme.toml"
BASE: Final = "base"
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$", to_lower=True)]
_VALUE: Final = re.compile(r"[\w\s#.,%()+*/\"'-]{1,200}")
_REACHES_OUT: Final = re.compile(r"url\(|image\(|expression|/\*|//", re.IGNORECASE)


class Manifest(BaseModel):
    """One `theme.toml`. `styles` are files below `static/`; without it `static/<name>.css` is one, if it is there."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Name
    title: Annotated[str, StringConstraints(max_length=80)] = ""
    version: Annotated[str, StringConstraints(min_length=1, max_length=40)] = "1"
    parent: Name | None = None
    contract: Annotated[int, Field(ge=1)] = 1
    components: dict[str, Annotated[int, Field(ge=1)]] = {}
    areas: tuple[Literal["client", "admin", "mail"], ...] = ("client", "admin", "mail")
    brand: Colour | None = None
    styles: tuple[str, ...] | None = None
    tokens: dict[str, str | tuple[str, str]] = {}
    print: dict[str, Any] = {}

    @field_validator("tokens")
    @classmethod
    def _plain_values(cls, tokens: dict[str, str | tuple[str, str]]) -> dict[str, str | tuple[str, str]]:
        for name, value in tokens.items():
            for text in (value,) if isinstance(value, str) else value:
                if _VALUE.fullmatch(text) is None or _REACHES_OUT.search(text):
                    raise ValueError(f"{name} = {text[:40]!r} is not a plain CSS value")
        return tokens

    @property
    def called(self) -> str:
        """The title, or the name where there is none."""
        return self.title or self.name


def read_manifest(folder: Path) -> Manifest:
    """The facts of the theme in this folder. Raises: ThemeError naming the file and the field."""
    file = folder / FILE
    try:
        facts = tomllib.loads(file.read_text(encoding="utf-8"))
        return Manifest.model_validate(facts)
    except OSError as error:
        raise ThemeError(f"{file}: cannot be read ({error.strerror})") from error
    except (UnicodeError, tomllib.TOMLDecodeError) as error:
        raise ThemeError(f"{file}: this is not TOML: {error}") from error
    except ValidationError as error:
        raise ThemeError(f"{file}: {'; '.join(_sentences(error))}") from error


def _sentences(error: ValidationError) -> list[str]:
    found = []
    for one in error.errors():
        where = str(one["loc"][0]) if one["loc"] else "?"
        if one["type"] in ("string_pattern_mismatch", "string_type") and where in ("brand", "name", "parent"):
            words = (
                "is a colour such as #0f766e"
                if where == "brand"
                else "is a name of small letters, digits, - and _"
            )
        elif one["type"] == "extra_forbidden":
            words = "is no field of a theme.toml; docs/themes.md lists them"
        else:
            words = one["msg"].removeprefix("Value error, ")
        found.append(f"{'.'.join(str(part) for part in one['loc'][:2])}: {words}")
    return list(dict.fromkeys(found))
