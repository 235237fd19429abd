"""A title: one line with something in it."""

from __future__ import annotations

from typing import Final

from ezcore.kernel.errors import InvalidInput
from ezcore.messaging.rules import one_line

LONGEST: Final = 160


def check_title(title: str, field: str = "title", longest: int = LONGEST) -> str:
    """The title as one line. Raises: InvalidInput at `field`."""
    clean = " ".join(one_line(title).split())
    if not clean:
        raise InvalidInput("Write a title", field=field)
    if len(clean) > longest:
        raise InvalidInput(f"At most {longest} characters", field=field)
    return clean
