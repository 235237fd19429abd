"""Takes back the effects of a saga that failed for good: the failed step and those before it, in reverse."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ezcore.jobs.engine import steps as rows
from ezcore.jobs.models import Job, JobStep, StepState
from ezcore.kernel.crashpoint import crashpoint
from ezcore.plugin_api.errors import StepSignal
from ezcore.plugin_api.jobs import Step

if TYPE_CHECKING:
    from ezcore.jobs.engine.engine import Engine
    from ezcore.jobs.engine.outcome import Outcomes

log = logging.getLogger(__name__)


def undo_all(
    engine: Engine, job: Job, steps: Sequence[Step[Any]], lines: list[JobStep], outcomes: Outcomes
) -> None:
    """Undo in reverse. What cannot be undone is written down and the job parks as `needs_info`."""
    failed = next(line for line in lines if line.state == StepState.FAILED)
    left_behind = []
    for step, line in reversed(list(zip(steps, lines, strict=True))):
        if line.state not in (StepState.DONE, StepState.FAILED) or step.undo is None:
            continue
        try:
            step.undo(engine.context(job, line, lines))
        except StepSignal as signal:
            left_behind.append(f"{step.title}: {signal}")
            continue
        except Exception as error:
            log.exception("job %s: undo of %s failed", job.id, step.name)
            left_behind.append(f"{step.title}: {type(error).__name__}: {error}")
            continue
        crashpoint(f"{job.kind}.{step.name}.undone")
        _mark_undone(engine, job, line)
    outcomes.finish_failed(failed.note or "failed", "; ".join(left_behind) or None)


def _mark_undone(engine: Engine, job: Job, line: JobStep) -> None:
    if line.state == StepState.FAILED:
        return  # the failed step keeps its mark: it tells the next worker, and staff, where it broke
    with engine.work.write() as uow:
        rows.hold(uow, job)
        uow.session.get_one(JobStep, line.id).state = StepState.UNDONE
    line.state = StepState.UNDONE
