"""Small shops live through months of faults, and nothing that must hold is ever broken.

The seeds rotate: each day brings others. `EZ_SIM_SEED=20780 pytest tests/simulation/test_seeds.py` repeats a day; each
failure prints the command that repeats its world alone. The nightly run sees many more of them.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from datetime import date

import pytest

from ezcore.simulation.run import Options, simulate

NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
BASE = int(os.environ.get("EZ_SIM_SEED") or date.today().toordinal() % 100_000)  # noqa: DTZ011 - any number will do
# Months and clients: many at once, few for long, one alone over a leap day.
SHAPES = ((2, 14), (1, 30), (5, 6), (14, 2))
WORLDS = [(BASE * 100 + turn, *SHAPES[turn % len(SHAPES)]) for turn in range(80 if NIGHTLY else 8)]


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Faults are wanted here; what the shop says about each of them would be a long read."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(before)


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "months", "clients"), WORLDS)
def test_a_shop_keeps_every_promise_whatever_goes_wrong(seed: int, months: int, clients: int):
    report = simulate(Options(months, clients, seed, faults=True))
    assert report["violations"] == [], f"seed base {BASE}; to see it again: {report['command']}"
    assert sum(report["events"].values()) > clients, "a world in which nothing happens promises nothing"
