"""The list of deaths: every story times every point; which of them are due in this run on PostgreSQL and Redis."""

from __future__ import annotations

import os
from datetime import UTC, datetime

from tests.faults.crash_points import points_of
from tests.faults.stories import STORIES

DEATHS = [(name, point) for name, story in STORIES.items() for point in points_of(*story.kinds)]

# SQLite always dies everywhere; PostgreSQL in a third of the places per run, in all of them at night.
_RUN = os.environ.get("EZ_POINTS_TURN") or os.environ.get("GITHUB_RUN_NUMBER")
TURN = int(_RUN or datetime.now(UTC).toordinal()) % 3
NIGHT = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
ROTATING = [death for number, death in enumerate(DEATHS) if NIGHT or number % 3 == TURN]


def summary() -> str:
    """How many, for the end of a run."""
    counts = ", ".join(f"{name} {sum(death[0] == name for death in DEATHS)}" for name in STORIES)
    return (
        f"{len(DEATHS)} crash points ({counts}); on PostgreSQL {len(ROTATING)} of them, EZ_POINTS_TURN={TURN}"
    )
