"""`ez simulate`: opens a scratch shop, lets months pass on a virtual clock, and says what came of it."""

from __future__ import annotations

import gc
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ezcore.simulation.opening import opened
from ezcore.simulation.options import Options


def simulate(options: Options, progress: Callable[[str], None] = lambda _line: None) -> dict[str, Any]:
    """Run it in a scratch folder that is gone afterwards; never on the configured database."""
    began = time.monotonic()
    with (
        _few_collections(),
        tempfile.TemporaryDirectory(prefix="ez-simulate-") as folder,
        opened(options, Path(folder)) as run,
    ):
        run.run(progress)
        seconds = time.monotonic() - began
        events, jobs = sum(run.world.events.counts.values()), run.world.machine.jobs_run
        progress(f"{events} events, {jobs} jobs, {run.moments} moments in {seconds:.0f} s")
        progress(f"{events / seconds:.0f} events a second")
        return run.report()


@contextmanager
def _few_collections() -> Iterator[None]:
    """Rows come and go by the million; looking for cycles ever so often costs a tenth of the time."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(200_000)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


__all__ = ["Options", "opened", "simulate"]
