"""Numbers in addresses: one shape, everything else is simply not found."""

from __future__ import annotations

import re
from typing import Final

from ezcore.kernel.errors import NotFound
from ezcore.web.shared.request import EzRequest

_ID: Final = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)


def as_id(text: str | None) -> int:
    """The number, when it is written as we write it. Raises: NotFound, also for `1e3` and foreign digits."""
    if text is None or _ID.fullmatch(text) is None:
        raise NotFound("There is no such page")
    return int(text)


def path_id(request: EzRequest, name: str = "id") -> int:
    """The number in the address. Raises: NotFound."""
    return as_id(request.matchdict[name])
