"""`ez run TASK`: one automation task now, for a date, or as a preview that changes nothing."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which task, for which business date."""
    parser.add_argument(
        "task", nargs="?", default="all", help="a task's name (billing is renewals), or all (default)"
    )
    parser.add_argument(
        "--on", type=date.fromisoformat, metavar="DATE", help="business date (default: today)"
    )
    parser.add_argument("--preview", action="store_true", help="say what would be done; change nothing")
    parser.add_argument(
        "--override",
        metavar="REASON",
        default="",
        help="go past the run guard; the reason is kept in the trail",
    )
    parser.add_argument("--json", action="store_true", help="one line of JSON on standard output")


def run(args: argparse.Namespace) -> int:
    """Run it and print one line per record."""
    from ezcore.automation.tasks import TASKS, run_task
    from ezcore.cli.configured import fail, open_shop
    from ezcore.kernel.money import Money

    if args.task == "billing":
        args.task = "renewals"
    if args.task != "all" and args.task not in TASKS:
        return fail(f"there is no task {args.task!r}; there are: {', '.join(TASKS)}")
    shop = open_shop(args)
    on = args.on or shop.work.clock.today(shop.settings.shop.time_zone)
    names = list(TASKS) if args.task == "all" else [args.task]
    found = {
        name: run_task(shop.work, name, on, preview=args.preview, override=args.override) for name in names
    }
    if args.json:
        print(json.dumps({name: {**out.counts(), "lines": out.lines} for name, out in found.items()}))
        return 0
    for name, outcome in found.items():
        left_out = len(outcome.skipped) + len(outcome.failed)
        print(f"{name}: {outcome.done} done, {left_out} left out", file=sys.stderr)
        for line in outcome.lines:
            print(f"  {line}")
        for line in (*outcome.failed, *outcome.skipped):
            print(f"  left out: {line}")
        for currency, minor in sorted(outcome.totals.items()):
            print(f"  total {Money(minor, currency)}")
    return 0
