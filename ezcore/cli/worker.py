"""`ez worker`: runs jobs, relays events and keeps the schedule, until TERM."""

from __future__ import annotations

import argparse


def arguments(parser: argparse.ArgumentParser) -> None:
    """What this worker leaves to others."""
    parser.add_argument("--no-scheduler", action="store_true", help="leave scheduled tasks to other workers")
    parser.add_argument(
        "--lifeline", action="store_true", help="end when standard input ends (for a supervisor)"
    )


def run(args: argparse.Namespace) -> int:
    """Work until stopped."""
    from ezcore.cli.configured import open_shop, refuse_empty_database
    from ezcore.tasks.lifeline import exit_when_parent_dies
    from ezcore.worker import work_on

    if args.lifeline:
        exit_when_parent_dies(0)
    shop = open_shop(args)
    refuse_empty_database(shop)
    work_on(shop, scheduler=not args.no_scheduler)
    return 0
