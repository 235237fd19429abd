"""Takes back the effects of a saga that failed for good: the failed step and those before it, in reverse.

An undo is tried again by the job's ladder, each step's from its beginning. What cannot be taken back in the end is
written down on the job, and the others are still taken back.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ezcore.jobs.engine import steps as rows
from ezcore.jobs.models import Job, JobStep, StepState
from ezcore.jobs.providers import operations as providers
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
    """Undo in reverse, as far as it goes in this turn; what must wait is queued again."""
    failed = next(line for line in lines if line.state == StepState.FAILED)
    done = {str(entry["step"]) for entry in job.left_behind}
    for step, line in reversed(list(zip(steps, lines, strict=True))):
        if line.state not in (StepState.DONE, StepState.FAILED) or step.undo is None or line.name in done:
            continue
        if not _undo(engine, job, step, line, lines, outcomes):
            return
    outcomes.finish_failed(failed.note or "failed")


def _undo(
    engine: Engine, job: Job, step: Step[Any], line: JobStep, lines: list[JobStep], outcomes: Outcomes
) -> bool:
    """Take one step back; False when the job waits for the next try."""
    assert step.undo is not None
    try:
        engine.calls.run(step.undo, engine.context(job, line, lines), step.call_limit)
    except rows.LostLease:
        raise
    except StepSignal as signal:
        return outcomes.undo_signalled(signal, step, line)
    except Exception as error:
        log.exception("job %s: undo of %s failed", job.id, step.name)
        return outcomes.undo_failed(error, step, line)
    crashpoint(f"{job.kind}.{step.name}.undone")
    _mark_undone(engine, job, line)
    return True


def _mark_undone(engine: Engine, job: Job, line: JobStep) -> None:
    with engine.work.write() as uow:
        rows.hold(uow, job, failures=0, first_failed_at=None)
        # The failed step keeps its mark: it tells the next worker, and staff, where it broke.
        if line.state != StepState.FAILED:
            stored = uow.session.get_one(JobStep, line.id)
            stored.state, stored.handle, stored.note = StepState.UNDONE, None, None
        if job.provider is not None:
            providers.note_answer(uow, job.provider)
    job.failures, job.first_failed_at = 0, None
    if line.state != StepState.FAILED:
        line.state = StepState.UNDONE
