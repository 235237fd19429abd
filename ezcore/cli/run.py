"""`ez run TASK`: one automation task now, for a date, or as a preview that changes nothing."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which task, for which business date."""
    parser.add_argument("task", nargs="?", default="all", help="a task's name, or all (default)")
    parser.add_argument(
        "--on", type=date.fromisoformat, metavar="DATE", help="business date (default: today)"
    )
    parser.add_argument("--preview", action="store_true", help="say what would be done; change nothing")
    parser.add_argument("--json", action="store_true", help="one line of JSON on standard output")


def run(args: argparse.Namespace) -> int:
    """Run it and print one line per record."""
    from ezcore.automation.tasks import TASKS, run_task
    from ezcore.cli.configured import fail, open_shop

    if args.task != "all" and args.task not in TASKS:
        return fail(f"there is no task {args.task!r}; there are: {', '.join(TASKS)}")
    shop = open_shop(args)
    on = args.on or shop.work.clock.today(shop.settings.shop.time_zone)
    names = list(TASKS) if args.task == "all" else [args.task]
    found = {name: run_task(shop.work, name, on, preview=args.preview) for name in names}
    if args.json:
        print(json.dumps({name: {**out.counts(), "lines": out.lines} for name, out in found.items()}))
        return 0
    for name, outcome in found.items():
        print(f"{name}: {len(outcome.lines)} done, {len(outcome.skipped)} skipped", file=sys.stderr)
        for line in outcome.lines:
            print(f"  {line}")
    return 0
