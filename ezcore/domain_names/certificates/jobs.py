"""Renewal as durable work: another round for a certificate that is there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ezcore.domain_names.certificates import operations
from ezcore.domain_names.certificates.issuing import STAGES, Round, Run
from ezcore.domain_names.certificates.models import Certificate
from ezcore.jobs.engine.context import StepContext
from ezcore.jobs.events import JobClosed, JobReopened
from ezcore.jobs.models import Job, JobState
from ezcore.kernel.errors import Refused
from ezcore.plugin_api.jobs import PROVISIONING, JobKind, Step
from ezcore.plugin_api.ports.vendor_call import VendorCall
from ezcore.work import UnitOfWork

PREFIX = "certificates."


def _round(context: StepContext) -> Round:
    vendor = VendorCall(
        operation_key=context.operation_key,
        step_key=context.step_key,
        log=context.log,
        handle=context.handle,
        attempt=context.attempt,
        answer=context.answer,
    )
    return Round(context.work, context.ports, context.payload["certificate_id"], vendor, context.results)


def _with_round(run: Run) -> Callable[[StepContext], Any]:
    return lambda context: run(_round(context))


RENEW = JobKind(
    f"{PREFIX}renew",
    "Renew a certificate",
    PROVISIONING,
    [
        Step(
            stage.name,
            stage.title,
            run=_with_round(stage.run),
            undo=_with_round(stage.undo) if stage.undo else None,
            deadline=stage.deadline,
        )
        for stage in STAGES
    ],
    priority=4,
)


def job_failed(uow: UnitOfWork, job: Job) -> None:
    """A renewal failed for good, or staff gave it up: the certificate that is there stays."""
    row = uow.session.get_one(Certificate, job.payload["certificate_id"], with_for_update=True)
    if row.open_job_id == job.id:
        operations.failed(uow, row, job.cause or "given up")


def closed_by_staff(uow: UnitOfWork, events: Sequence[JobClosed]) -> None:
    """Staff cancelled a renewal, or say it is done: the next one may begin when its time has come."""
    for job, event in (
        (uow.session.get_one(Job, one.job_id), one) for one in events if one.kind == RENEW.name
    ):
        row = uow.session.get_one(Certificate, job.payload["certificate_id"], with_for_update=True)
        if row.open_job_id != job.id:
            continue
        if event.state == JobState.COMPLETE:
            row.open_job_id = None
        else:
            operations.failed(uow, row, "the renewal was cancelled by staff")


def reopened(uow: UnitOfWork, events: Sequence[JobReopened]) -> None:
    """A renewal that had failed runs again. Raises: Refused when another one runs."""
    for job in (uow.session.get_one(Job, one.job_id) for one in events if one.kind == RENEW.name):
        row = uow.session.get_one(Certificate, job.payload["certificate_id"], with_for_update=True)
        if row.open_job_id not in (None, job.id):
            raise Refused("another renewal of this certificate is running")
        row.open_job_id = job.id
