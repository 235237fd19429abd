"""What is simulated, and what repeats it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Options:
    """What is simulated. The same options give the same result, byte for byte."""

    months: int
    clients: int
    seed: int
    faults: bool = False

    @property
    def command(self) -> str:
        """What repeats this run."""
        faulty = " --faults" if self.faults else ""
        return f"ez simulate --months {self.months} --clients {self.clients} --seed {self.seed}{faulty}"
