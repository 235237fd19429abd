"""Where the simulation's chance comes from: one generator per concern, all of them from one seed.

A concern of its own (a person, a behaviour of a person, the faults of a day) means that one more draw here changes
nothing there. Texts seed a generator by their SHA-512, so hashes of the process have no part in it.
"""

from __future__ import annotations

import random
from dataclasses import dataclass


@dataclass(frozen=True)
class Chance:
    """All generators of one run."""

    seed: int

    def of(self, *concern: str | int) -> random.Random:
        """The generator of a concern, at its beginning."""
        return random.Random("/".join(str(part) for part in (self.seed, *concern)))  # noqa: S311 - no secret
