"""Which language a reader gets: the stored one, else the one chosen in this browser, else what the browser asks for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

_RANGE: Final = re.compile(
    r"\s*([A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*|\*)\s*(?:;\s*q\s*=\s*(\d(?:\.\d{0,3})?))?\s*"
)
_LONGEST: Final = 500


def choose(
    offered: Sequence[str],
    default: str,
    *,
    stored: str | None = None,
    cookie: str | None = None,
    accept: str = "",
) -> str:
    """One of the languages offered, else the shop's default."""
    for wanted in (stored, cookie):
        found = _fitting(wanted, offered) if wanted else None
        if found is not None:
            return found
    return next((found for one in _asked(accept) if (found := _fitting(one, offered)) is not None), default)


def _fitting(wanted: str, offered: Sequence[str]) -> str | None:
    """The language itself, else another kind of it: `de` for `de-AT`, `pt-BR` for `pt`."""
    asked = wanted.replace("_", "-").lower()
    exact = next((one for one in offered if one.lower() == asked), None)
    if exact is not None:
        return exact
    tongue = asked.partition("-")[0]
    return next((one for one in offered if one.lower() == tongue), None) or next(
        (one for one in offered if one.lower().startswith(f"{tongue}-") and "-x" not in one.lower()), None
    )


def _asked(accept: str) -> list[str]:
    """The languages of an Accept-Language header, best first; what cannot be read is passed over."""
    found: list[tuple[float, int, str]] = []
    for n, part in enumerate(accept[:_LONGEST].split(",")):
        match = _RANGE.fullmatch(part)
        weight = float(match[2] or 1) if match else 0.0
        if match and match[1] != "*" and weight > 0:
            found.append((-weight, n, match[1]))
    return [code for _, _, code in sorted(found)]
