"""Compare, keep what differs, and settle what people decide. Nothing here changes anything at a vendor by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

from sqlalchemy import func, select, update

from ezcore.audit import operations as audit
from ezcore.automation.drift.findings import UNASKED, Finding
from ezcore.automation.drift.models import DriftFinding, DriftRun
from ezcore.db.once import insert_once
from ezcore.jobs import operations as jobs
from ezcore.kernel.errors import NotFound, Refused
from ezcore.services.lifecycle import operations as lifecycle
from ezcore.services.services import queries as services
from ezcore.work import UnitOfWork

SET_ASIDE: Final = "set aside: "
TASK: Final = "drift"


def begin(uow: UnitOfWork) -> DriftRun:
    """A comparison starts."""
    run = DriftRun(started_at=uow.now(), figures={}, problems=[])
    uow.session.add(run)
    uow.session.flush()
    return run


def record(uow: UnitOfWork, run_id: int, section: str, findings: Sequence[Finding]) -> int:
    """Keep what a section found; close what is seen no more, where it could be asked. Returns how many are open."""
    blind = {one.scope for one in findings if one.kind == UNASKED}
    found = {one.key[:200]: one for one in findings if one.kind != UNASKED}
    run = uow.session.get_one(DriftRun, run_id, with_for_update=True)
    run.problems = [*run.problems, *(one.theirs[:400] for one in findings if one.kind == UNASKED)]
    standing = uow.session.scalars(
        select(DriftFinding).where(DriftFinding.section == section, DriftFinding.closed_at.is_(None))
    )
    for row in standing.all():
        if row.key not in found and row.scope not in blind:
            _close(uow, row, "seen no more")
    kept = sum(_keep(uow, run, section, key, one) for key, one in found.items())
    run.figures = {**run.figures, section: kept}
    return kept


def fail(uow: UnitOfWork, run_id: int, problem: str) -> None:
    """A section broke; what it found before stays as it was."""
    run = uow.session.get_one(DriftRun, run_id, with_for_update=True)
    run.problems = [*run.problems, problem[:400]]


def finish(uow: UnitOfWork, run_id: int) -> None:
    """The comparison is over; staff are asked to look when something differs."""
    uow.session.get_one(DriftRun, run_id).finished_at = uow.now()
    standing = select(func.count()).select_from(DriftFinding).where(DriftFinding.closed_at.is_(None))
    number = uow.session.scalar(standing) or 0
    if number:
        title = f"{number} {'difference' if number == 1 else 'differences'} between our books and the vendors"
        jobs.ask_staff(uow, TASK, title, "See the drift report: each has its proposals.")
    else:
        jobs.settle_question(uow, TASK, "no difference is left")


def set_aside(uow: UnitOfWork, finding: DriftFinding, reason: str) -> None:
    """This difference is known and fine; it is told again only when it becomes another one.

    Raises: NotAllowed; Refused without a reason, or when it is settled already.
    """
    uow.actor.require("services.manage")
    if not reason.strip():
        raise Refused("say why: the reason is kept in the audit log")
    _lock_open(uow, finding)
    _close(uow, finding, f"{SET_ASIDE}{reason.strip()}"[:400])
    audit.record(
        uow, "drift.set_aside", "drift_finding", finding.id, after={"key": finding.key}, reason=reason
    )


def do_proposal(uow: UnitOfWork, finding: DriftFinding, number: int) -> None:
    """A person chose one of the proposals that act: note an address, or ask the vendor again for what our books say.

    Raises: NotAllowed; NotFound; Refused when it is settled, or the service does something else.
    """
    uow.actor.require("services.manage")
    _lock_open(uow, finding)
    if not 0 <= number < len(finding.proposals) or finding.subject_id is None:
        raise NotFound("there is no such proposal")
    proposal = finding.proposals[number]
    act = ACTS.get(str(proposal.get("act")))
    if act is None:
        raise NotFound("there is no such proposal")
    act(uow, finding, proposal["values"])
    audit.record(uow, "drift.settle", "drift_finding", finding.id, after={"proposal": proposal["title"]})
    _close(uow, finding, proposal["title"])


def _adopt_address(uow: UnitOfWork, finding: DriftFinding, values: Mapping[str, Any]) -> None:
    service = services.by_id(uow, int(finding.subject_id or 0))
    row = services.resource_of(uow, service.id)
    if row is None:
        raise Refused("nothing stands at the vendor any more")
    before, row.address = {"address": row.address}, str(values["address"])[:80]
    after = {"address": row.address}
    audit.record(
        uow,
        "service.readdress",
        "service",
        service.id,
        client_id=service.client_id,
        before=before,
        after=after,
    )


def _repeat(uow: UnitOfWork, finding: DriftFinding, values: Mapping[str, Any]) -> None:
    service = services.by_id(uow, int(finding.subject_id or 0))
    lifecycle.repeat(uow, service, str(values["verb"]), finding.title)


ACTS: Final = {"adopt_address": _adopt_address, "repeat": _repeat}


def _keep(uow: UnitOfWork, run: DriftRun, section: str, key: str, one: Finding) -> bool:
    """Keep a difference. False: a person set exactly this one aside."""
    aside = uow.session.scalars(
        select(DriftFinding)
        .where(DriftFinding.key == key, DriftFinding.resolution.startswith(SET_ASIDE))
        .order_by(DriftFinding.id.desc())
        .limit(1)
    ).first()
    if aside is not None and (aside.ours, aside.theirs) == (one.ours, one.theirs):
        aside.last_seen_at = uow.now()
        return False
    now: dict[str, Any] = {
        "scope": one.scope,
        "kind": one.kind,
        "title": one.title[:200],
        "ours": one.ours,
        "theirs": one.theirs,
        "subject_kind": one.subject[0] if one.subject else "",
        "subject_id": one.subject[1] if one.subject else None,
        "proposals": [asdict(proposal) for proposal in one.proposals],
        "last_seen_at": uow.now(),
    }
    first = {
        "key": key,
        "open_key": key,
        "section": section,
        "first_run_id": run.id,
        "first_seen_at": uow.now(),
    }
    if insert_once(uow.session, DriftFinding, now | first) is None:
        uow.session.execute(update(DriftFinding).where(DriftFinding.open_key == key).values(**now))
    return True


def _close(uow: UnitOfWork, row: DriftFinding, resolution: str) -> None:
    row.open_key, row.closed_at, row.resolution = None, uow.now(), resolution


def _lock_open(uow: UnitOfWork, finding: DriftFinding) -> None:
    uow.session.refresh(finding, with_for_update=True)
    if finding.closed_at is not None:
        raise Refused("this is settled already")
