"""`ez drift`: where our books and the vendors differ."""

from __future__ import annotations

import argparse
import json


def arguments(parser: argparse.ArgumentParser) -> None:
    """How to tell it."""
    parser.add_argument("--json", action="store_true")
    parser.add_argument(
        "--now", action="store_true", help="ask the vendors first, instead of reading what stands"
    )


def run(args: argparse.Namespace) -> int:
    """Print the open differences. 1 when there are any, or when somebody could not be asked."""
    from sqlalchemy import select

    from ezcore.automation.drift.jobs import compare_now
    from ezcore.automation.drift.models import DriftFinding, DriftRun
    from ezcore.cli.configured import open_shop

    shop = open_shop(args)
    if args.now:
        compare_now(shop.work, shop.host.ports)
    with shop.work.read() as uow:
        last = uow.session.scalars(select(DriftRun).order_by(DriftRun.id.desc()).limit(1)).first()
        rows = uow.session.scalars(
            select(DriftFinding).where(DriftFinding.closed_at.is_(None)).order_by(DriftFinding.id)
        ).all()
    if args.json:
        found = {
            "compared_at": last.started_at.isoformat() if last else None,
            "finished": bool(last and last.finished_at),
            "problems": last.problems if last else [],
            "findings": [
                {
                    "section": row.section,
                    "kind": row.kind,
                    "title": row.title,
                    "ours": row.ours,
                    "theirs": row.theirs,
                    "subject": [row.subject_kind, row.subject_id] if row.subject_kind else None,
                    "since": row.first_seen_at.isoformat(),
                    "proposals": [one["title"] for one in row.proposals],
                }
                for row in rows
            ],
        }
        print(json.dumps(found, indent=1))
    else:
        for row in rows:
            print(f"{row.title}\n  ours: {row.ours}; theirs: {row.theirs}")
        for problem in last.problems if last else []:
            print(f"not asked: {problem}")
        print(f"{len(rows)} open" if last else "nothing was compared yet: ez drift --now")
    return 1 if rows or (last and last.problems) else 0
