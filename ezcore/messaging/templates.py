"""Finds the text of a mail template: the theme's own, else the one every theme inherits from `base`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final, NamedTuple

from ezcore.kernel.resources import find_tree
from ezcore.messaging.errors import BadTemplate

DEFAULT_LANGUAGE: Final = "en"
_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(_[A-Z]{2})?")


class Source(NamedTuple):
    """A template's text and the language it is written in, which amounts and dates follow."""

    text: str
    language: str


def find_template(name: str, *, theme: str, language: str) -> Source:
    """`<name>.<language>.txt`, else `<name>.txt` (English); the theme before base. Raises: BadTemplate."""
    if _NAME.fullmatch(name) is None:
        raise BadTemplate(f"{name!r} is not the name of a mail template")
    wanted = language if _LANGUAGE.fullmatch(language) else DEFAULT_LANGUAGE
    for tongue, file in ((wanted, f"{name}.{wanted}.txt"), (DEFAULT_LANGUAGE, f"{name}.txt")):
        for folder in _folders(theme):
            if (folder / file).is_file():
                return Source((folder / file).read_text(encoding="utf-8"), tongue)
    raise BadTemplate(f"there is no mail template {name}.txt in themes/base/mail")


def _folders(theme: str) -> list[Path]:
    themes = find_tree("themes")
    own = [themes / theme / "mail"] if re.fullmatch(r"[\w-]+", theme) else []
    return [*own, themes / "base" / "mail"]
