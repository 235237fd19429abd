"""`ez jobs`: list, show and retry durable jobs."""

from __future__ import annotations

import argparse
import json
from typing import Any


def arguments(parser: argparse.ArgumentParser) -> None:
    """What to do with which jobs."""
    verbs = parser.add_subparsers(dest="verb", required=True)
    listing = verbs.add_parser("list", help="open and failed jobs")
    listing.add_argument("--all", action="store_true", help="finished jobs too")
    listing.add_argument("--json", action="store_true")
    show = verbs.add_parser("show", help="one job with its steps")
    show.add_argument("id", type=int)
    show.add_argument("--json", action="store_true")
    retry = verbs.add_parser("retry", help="run waiting or failed jobs again now")
    retry.add_argument("id", type=int, nargs="*")
    retry.add_argument("--service", type=int)
    retry.add_argument("--client", type=int)
    retry.add_argument("--cause", help="every job whose cause contains this text")
    for verb in (listing, show, retry):
        verb.add_argument("-c", "--config", metavar="INI", default=argparse.SUPPRESS)


def run(args: argparse.Namespace) -> int:
    """Do it."""
    from ezcore.cli.configured import open_shop

    work = open_shop(args).work
    if args.verb == "list":
        return _list(work, args)
    if args.verb == "show":
        return _show(work, args)
    return _retry(work, args)


def _list(work: Any, args: argparse.Namespace) -> int:
    from sqlalchemy import select

    from ezcore.jobs.models import OPEN_STATES, Job, JobState

    query = select(Job).order_by(Job.id.desc()).limit(200)
    if not args.all:
        query = query.where(Job.state.in_((*OPEN_STATES, JobState.FAILED)))
    with work.read() as uow:
        jobs = uow.session.scalars(query).all()
    rows = [_brief(job) for job in jobs]
    if args.json:
        print(json.dumps(rows))
    for row in rows if not args.json else ():
        print(
            f"{row['id']:>6}  {row['state']:<10} {row['kind']:<22} tries {row['attempts']:<3} {row['cause'] or ''}"
        )
    return 0


def _show(work: Any, args: argparse.Namespace) -> int:
    from sqlalchemy import select

    from ezcore.jobs.models import Job, JobStep

    with work.read() as uow:
        job = uow.session.get(Job, args.id)
        if job is None:
            print(f"there is no job {args.id}")
            return 1
        steps = uow.session.scalars(
            select(JobStep).where(JobStep.job_id == job.id).order_by(JobStep.position)
        ).all()
    found = _brief(job) | {"steps": [{"title": s.title, "state": s.state, "note": s.note} for s in steps]}
    print(json.dumps(found, indent=None if args.json else 2))
    return 0


def _retry(work: Any, args: argparse.Namespace) -> int:
    from sqlalchemy import select

    from ezcore.jobs import operations
    from ezcore.jobs.models import Job, JobState

    if not (args.id or args.service or args.client or args.cause):
        print("name jobs, --service, --client or --cause")
        return 2
    retryable = (JobState.QUEUED, JobState.NEEDS_INFO, JobState.FAILED)
    query = select(Job).where(Job.state.in_(retryable))
    if args.id:
        query = query.where(Job.id.in_(args.id))
    if args.service:
        query = query.where(Job.subject_kind == "service", Job.subject_id == args.service)
    if args.client:
        query = query.where(Job.client_id == args.client)
    if args.cause:
        query = query.where(Job.cause.contains(args.cause, autoescape=True))
    with work.write() as uow:
        jobs = uow.session.scalars(query.with_for_update()).all()
        for job in jobs:
            operations.retry(uow, job, "ez jobs retry")
    print(f"{len(jobs)} jobs run again")
    return 0


def _brief(job: Any) -> dict[str, Any]:
    return {
        "id": job.id,
        "kind": job.kind,
        "state": str(job.state),
        "attempts": job.attempts,
        "cause": job.cause,
        "service": job.subject_id if job.subject_kind == "service" else None,
        "client": job.client_id,
    }
