"""`ez resume`: go on after an old backup was suspected; without a reason it only says what is held."""

from __future__ import annotations

import argparse
import sys


def arguments(parser: argparse.ArgumentParser) -> None:
    """Why it is right to go on."""
    parser.add_argument("--reason", default="", help="what you looked at; kept in the trail")


def run(args: argparse.Namespace) -> int:
    """Say what is held, or let it go on. Exit 1 while it stays held."""
    from ezcore.automation.old_backup import accept
    from ezcore.cli.configured import open_shop
    from ezcore.jobs.hold import held, resume

    work = open_shop(args).work
    with work.read() as uow:
        found = held(uow)
    if found is None:
        print("nothing is held", file=sys.stderr)
        return 0
    if not args.reason.strip():
        print(f"held since {found.held_at:%Y-%m-%d %H:%M} UTC: {found.held_why}")
        print("look at it, then: ez resume --reason WHY", file=sys.stderr)
        return 1
    with work.write() as uow:
        resume(uow, args.reason)
    accept(work)
    print("money and machine actions go on")
    return 0
