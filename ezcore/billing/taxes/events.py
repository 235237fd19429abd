"""What happens to tax numbers, for reactions and subscribers."""

from __future__ import annotations

from dataclasses import dataclass

from ezcore.kernel.events import Event


@dataclass(frozen=True)
class TaxNumberChecked(Event):
    """A register, or staff in its place, said whether a client's number is valid. `state` is valid or invalid."""

    client_id: int
    state: str
