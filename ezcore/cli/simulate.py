"""`ez simulate`: months of a shop on a virtual clock, in a scratch database; exit 1 on violations."""

from __future__ import annotations

import argparse
import json
import logging
import sys
from typing import Any


def arguments(parser: argparse.ArgumentParser) -> None:
    """How long, how many, which seed."""
    parser.add_argument("--months", type=_positive, default=3, metavar="N", help="how long (default: 3)")
    parser.add_argument("--clients", type=_positive, default=20, metavar="N", help="who comes (default: 20)")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="the same seed gives the same run")
    parser.add_argument("--faults", action="store_true", help="let things go wrong")
    parser.add_argument("--json", action="store_true", help="one line of JSON on standard output")
    parser.add_argument("--verbose", action="store_true", help="the shop's own log on standard error")


def run(args: argparse.Namespace) -> int:
    """Simulate and print."""
    from ezcore.simulation.run import Options, simulate

    options = Options(args.months, args.clients, args.seed, args.faults)
    before = logging.root.manager.disable
    if not args.verbose:
        # Faults are wanted here: what the shop says about each of them would be a long read.
        logging.disable(logging.CRITICAL)
    try:
        report = simulate(options, lambda line: print(line, file=sys.stderr, flush=True))
    finally:
        logging.disable(before)
    if args.json:
        print(json.dumps(report))
    else:
        _print(report)
    if report["violations"]:
        print(f"to see it again: {report['command']}", file=sys.stderr)
    return 1 if report["violations"] else 0


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


def _print(report: dict[str, Any]) -> None:
    print(f"{report['from']} to {report['to']}, seed {report['seed']}")
    for title, name in (("cash flow", "cash_flow"), ("recurring revenue", "recurring_revenue")):
        print(f"\n{title} (minor units)")
        for row in report[name]:
            print("  " + "  ".join(f"{key} {value}" for key, value in row.items()))
    for title in ("ageing", "jobs", "stuck", "happened", "deaths", "webhook_answers", "invariants"):
        print(f"\n{title.replace('_', ' ')}")
        for key, value in report[title].items():
            shown = "  ".join(f"{k} {v}" for k, v in value.items()) if isinstance(value, dict) else value
            print(f"  {key}: {shown}")
    print(f"\nevents: {sum(report['events'].values())}, sha256 {report['event_log_sha256']}")
    print(f"violations: {len(report['violations'])}")
    for line in report["violations"]:
        print(f"  {line}")
