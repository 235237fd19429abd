"""`ez plugin`: list plugins and how they are doing; write a new one; run the tests of one."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path

from ezcore.cli.plugin_new import KINDS, write_plugin


def arguments(parser: argparse.ArgumentParser) -> None:
    """Three verbs."""
    verbs = parser.add_subparsers(dest="verb", required=True)
    listing = verbs.add_parser("list", help="name, version, distribution, state and why")
    listing.add_argument("--json", action="store_true", help="one line of JSON on standard output")
    listing.add_argument("-c", "--config", metavar="INI", default=argparse.SUPPRESS)
    writing = verbs.add_parser("new", help="write ./NAME, a plugin that passes its conformance suite")
    writing.add_argument("plugin", metavar="NAME")
    writing.add_argument("--kind", choices=KINDS, required=True)
    writing.add_argument("--migrations", action="store_true", help="with a table of its own and its history")
    testing = verbs.add_parser("test", help="run the tests a plugin brings, conformance suite included")
    testing.add_argument("plugin", metavar="NAME", help="a plugin, its distribution, or its folder")
    testing.add_argument(
        "--json", action="store_true", help="one line on standard output: plugin, passed, failed, skipped"
    )
    testing.add_argument("rest", nargs="*", help="handed to pytest")


def run(args: argparse.Namespace) -> int:
    """List, write, or test."""
    if args.verb == "new":
        written = write_plugin(args.plugin, args.kind, Path(), table=args.migrations)
        print(f"wrote {written}; its README.md says what to do next")
        return 0
    if args.verb == "test":
        from ezcore.cli.plugin_source import count_tests, run_tests

        if args.json:
            outcome = count_tests(args.plugin, args.rest)
            print(outcome.as_json())
            return 1 if outcome.failed else 0
        return run_tests(args.plugin, args.rest)
    from ezcore.cli.configured import settings_of
    from ezcore.cli.plugin_list import list_plugins, table

    reports = list_plugins(settings_of(args))
    print(json.dumps({"plugins": [asdict(report) for report in reports]}) if args.json else table(reports))
    return 0
