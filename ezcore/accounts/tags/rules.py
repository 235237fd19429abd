"""How a tag is written: small letters, single spaces, no comma, so that one word is one tag."""

from __future__ import annotations

from typing import Final

from ezcore.kernel.errors import InvalidInput

LONGEST: Final = 30
MOST: Final = 12
"""On one client: more is a note."""


def written(typed: str) -> str:
    """The tag as it is kept. Raises: InvalidInput naming `tag`."""
    name = " ".join(typed.casefold().split())
    if not name:
        raise InvalidInput("Write a word", field="tag")
    if len(name) > LONGEST:
        raise InvalidInput(f"At most {LONGEST} characters", field="tag")
    if "," in name or not name.isprintable():
        raise InvalidInput("One tag at a time, without a comma", field="tag")
    return name
