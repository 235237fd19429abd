"""An answer larger than any memory: kept as what repeats itself, made while it is sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ezcore.plugin_api.sandbox.messages import SandboxResponse

PIECE: Final = 65_536
"""Bytes made at a time."""


@dataclass(frozen=True)
class GiantResponse(SandboxResponse):
    """An answer of `body`, `times` times."""

    times: int = 1

    @property
    def header_list(self) -> list[tuple[str, str]]:
        """Headers as WSGI wants them, with the whole length."""
        known = [one for one in super().header_list if one[0] != "Content-Length"]
        return [("Content-Length", str(len(self.body) * self.times)), *known]

    def pieces(self) -> Iterator[bytes]:
        """The whole answer, some of it at a time."""
        at_once = max(1, PIECE // max(1, len(self.body)))
        whole, rest = divmod(self.times, at_once)
        piece = self.body * at_once
        for _ in range(whole):
            yield piece
        if rest:
            yield self.body * rest
