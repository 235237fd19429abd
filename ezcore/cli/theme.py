"""`ez theme`: list themes, check one, write a new one."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path


def arguments(parser: argparse.ArgumentParser) -> None:
    """Three verbs."""
    verbs = parser.add_subparsers(dest="verb", required=True)
    listing = verbs.add_parser("list", help="name, version, parent, where it is, which one is worn")
    listing.add_argument("--json", action="store_true", help="one line of JSON on standard output")
    listing.add_argument("-c", "--config", metavar="INI", default=argparse.SUPPRESS)
    checking = verbs.add_parser("check", help="what is wrong with a theme; exits 1 when something is")
    checking.add_argument("theme", metavar="NAME|DIR")
    checking.add_argument("--json", action="store_true", help="one line of JSON on standard output")
    checking.add_argument("-c", "--config", metavar="INI", default=argparse.SUPPRESS)
    writing = verbs.add_parser("new", help="write a child theme of base into DIR")
    writing.add_argument("folder", metavar="DIR", type=Path)


def run(args: argparse.Namespace) -> int:
    """List, check, or write."""
    if args.verb == "new":
        from ezcore.cli.theme_new import write_theme

        print(f"wrote {write_theme(args.folder)}; its README.md says what to do next")
        return 0
    return _check(args) if args.verb == "check" else _list(args)


def _list(args: argparse.Namespace) -> int:
    from ezcore.cli.configured import settings_of
    from ezcore.cli.theme_list import list_themes, table

    rows = list_themes(settings_of(args))
    print(json.dumps({"themes": [asdict(row) for row in rows]}) if args.json else table(rows))
    return 0


def _check(args: argparse.Namespace) -> int:
    from ezcore.cli.configured import settings_of
    from ezcore.themes.finding import find_themes
    from ezcore.web.shared.theme_check import check_theme
    from ezcore.web.shared.theme_check_prints import check_prints

    places = settings_of(args).themes.places
    folder = Path(args.theme)
    name = folder.resolve().name
    if not folder.is_dir():
        name, folder = args.theme, find_themes(places).get(args.theme).folder
    problems = [*check_theme(folder, places), *check_prints(folder, places)]
    if args.json:
        print(json.dumps({"theme": name, "problems": [asdict(one) for one in problems]}))
    else:
        for one in problems:
            print(f"{one.kind}: {one.file}: {one.words}")
        print(f"{name}: {len(problems)} problem{'' if len(problems) == 1 else 's'}")
    return 1 if problems else 0
