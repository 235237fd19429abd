"""What the end of a job on a name or zone means for its row."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import update

from ezcore.domain_names.names.jobs import ACTION
from ezcore.domain_names.names.models import DomainName
from ezcore.domain_names.zones.jobs import ZONE
from ezcore.domain_names.zones.models import Zone, ZoneState
from ezcore.jobs.events import JobClosed, JobReopened
from ezcore.jobs.models import Job, JobState
from ezcore.kernel.errors import Refused
from ezcore.work import UnitOfWork


def failed(uow: UnitOfWork, job: Job) -> None:
    """Given up: the name's place is free; a zone that was never made is failed, and says why."""
    if job.kind == ACTION.name:
        uow.session.get_one(DomainName, job.payload["domain_id"]).open_action = None
    elif job.kind == ZONE.name:
        zone = uow.session.get_one(Zone, job.payload["zone_id"])
        zone.problem = uow.session.get_one(Job, job.id).cause  # the engine's copy is older than the row
        if job.payload["verb"] == "create" and zone.external_id is None:
            zone.state, zone.live_key = ZoneState.FAILED, None


def closed_by_staff(uow: UnitOfWork, events: Sequence[JobClosed]) -> None:
    """Staff cancelled the job, or did its work by hand: the place is free; the next look shows what is true."""
    for event in events:
        if event.kind not in (ACTION.name, ZONE.name):
            continue
        job = uow.session.get_one(Job, event.job_id)
        if event.state != JobState.COMPLETE or event.kind == ACTION.name:
            failed(uow, job)


def reopened(uow: UnitOfWork, events: Sequence[JobReopened]) -> None:
    """A failed job runs again: it takes the place again. Raises: Refused when another has it."""
    for event in events:
        if event.kind == ACTION.name:
            _take_place(uow, uow.session.get_one(Job, event.job_id))
        elif event.kind == ZONE.name:
            zone = uow.session.get_one(Zone, uow.session.get_one(Job, event.job_id).payload["zone_id"])
            if zone.state == ZoneState.FAILED:
                zone.state, zone.live_key = ZoneState.SETTING_UP, zone.name


def _take_place(uow: UnitOfWork, job: Job) -> None:
    taken = uow.session.execute(
        update(DomainName)
        .where(DomainName.id == job.payload["domain_id"], DomainName.open_action.is_(None))
        .values(open_action=job.payload["action"])
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        raise Refused("another change of this name is under way")
