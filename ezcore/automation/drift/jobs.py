"""The comparison as durable work: one step per section, each kept as soon as it is known."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, Final

from ezcore.automation.drift import operations
from ezcore.automation.drift.sections import SECTIONS, Section
from ezcore.automation.run import Outcome
from ezcore.jobs import operations as jobs
from ezcore.jobs.engine.context import Settled, StepContext
from ezcore.jobs.models import Job
from ezcore.plugin_api.jobs import RECONCILE, JobKind, Step
from ezcore.plugin_api.protocols import Ports
from ezcore.work import UnitOfWork, Work

log = logging.getLogger(__name__)


def run(work: Work, on: date, preview: bool) -> Outcome:
    """Queue the comparison of the day, once."""
    outcome = Outcome()
    if not preview:
        with work.write() as uow:
            request(uow, f"drift:{on.isoformat()}")
            outcome.lines.append("asked")
    return outcome


def request(uow: UnitOfWork, key: str) -> Job:
    """Queue a comparison, once per key."""
    return jobs.enqueue(uow, COMPARE, key, {})


def compare_now(work: Work, ports: Ports) -> int:
    """Compare in this process; returns the number of the run."""
    with work.write() as uow:
        run_id = operations.begin(uow).id
    for section in SECTIONS:
        _compare_section(work, ports, run_id, section)
    with work.write() as uow:
        operations.finish(uow, run_id)
    return run_id


def _compare_section(work: Work, ports: Ports, run_id: int, section: Section) -> int:
    try:
        findings = section.run(work, ports)
    except Exception as error:
        # One section that breaks must not hide what the others found; the report says so.
        log.exception("drift: section %s", section.name)
        with work.write() as uow:
            operations.fail(uow, run_id, f"{section.title}: {type(error).__name__}: {error}")
        return 0
    with work.write() as uow:
        return operations.record(uow, run_id, section.name, findings)


def _begin_run(context: StepContext) -> dict[str, int]:
    with context.work.write() as uow:
        return {"run": operations.begin(uow).id}


def _step(section: Section) -> Callable[[StepContext], Any]:
    def compare(context: StepContext) -> dict[str, int]:
        run_id = context.results["begin"]["run"]
        return {"found": _compare_section(context.work, context.ports, run_id, section)}

    return compare


def _finish(uow: UnitOfWork, context: StepContext, _result: Any) -> None:
    operations.finish(uow, context.results["begin"]["run"])


COMPARE: Final = JobKind(
    "drift.compare",
    "Compare our books with the vendors",
    RECONCILE,
    [
        Step("begin", "Begin", run=_begin_run),
        *(
            Step(section.name, section.title, run=_step(section), call_limit=timedelta(minutes=30))
            for section in SECTIONS
        ),
        Settled("finish", "Tell what differs", settle=_finish),
    ],
)
