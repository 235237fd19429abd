"""`ez check`: is this installation in order? Exit 1 when something is wrong, each thing named."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any


def arguments(parser: argparse.ArgumentParser) -> None:
    """What to check."""
    parser.add_argument("--deploy", action="store_true", help="refuse what must not be in production")
    parser.add_argument("--invariants", action="store_true", help="run the queries that must give no row")
    parser.add_argument(
        "--settings",
        action="store_true",
        help="tell every setting and where its value comes from; secrets masked",
    )
    parser.add_argument("--json", action="store_true", help="one line of JSON on standard output")


def run(args: argparse.Namespace) -> int:
    """Check and say."""
    from ezcore.cli.configured import open_shop

    shop = open_shop(args)
    problems = [*_plugins(shop), *_helpdesk(shop), *_database(shop)]
    if args.deploy:
        problems += deploy_problems(shop)
    found = _invariants(shop) if args.invariants else []
    problems += [_sentence(one) for one in found if not one["ok"]]
    settings = _settings(shop) if args.settings else []
    if args.json:
        told = {"ok": not problems, "problems": problems}
        told |= {"invariants": found} if args.invariants else {}
        print(json.dumps(told | {"settings": settings} if args.settings else told))
    for one in settings if not args.json else ():
        print(f"{one['setting']} = {one['value']}  ({one['source']})")
    for problem in problems if not args.json else ():
        print(problem)
    if not problems:
        print("everything is in order", file=sys.stderr)
    return 1 if problems else 0


def deploy_problems(shop: Any) -> list[str]:
    """What must not be in production: debugging, plain http, a mail sink, sandboxes, keys made by the machine."""
    settings = shop.settings
    rules = (
        (settings.security.debug, "EZ_DEBUG is on"),
        (not settings.shop.site_url.startswith("https://"), "SITE_URL is not https"),
        (not settings.security.secret_keys, "EZ_SECRET_KEYS is not set (the embedded profile made a file)"),
        (settings.mail.transport == "sink", "mail goes to the sink (ez.mail.transport)"),
        (settings.database.url.startswith("sqlite"), "the database is SQLite (DATABASE_URL)"),
    )
    return [text for broken, text in rules if broken] + _sandboxes(shop)


def _settings(shop: Any) -> list[dict[str, str]]:
    """By the name in the ini; the source is environment, ini, database or default."""
    from ezcore.configuration.rules import every_setting

    return [
        {"setting": known.ini, "value": known.value, "source": known.source, "variable": known.variable}
        for known in every_setting(shop.work.settings)
    ]


def _sandboxes(shop: Any) -> list[str]:
    found = []
    for name in shop.host.active:
        for field, value in shop.host.effective_settings(name).values.items():
            if isinstance(value, str) and value.startswith(
                ("http://127.", "https://127.", "http://localhost")
            ):
                found.append(f"{name}.{field} points to this machine ({value}): is it a sandbox?")
    return found


def _plugins(shop: Any) -> list[str]:
    return [
        f"the plugin {report.name} is {report.state}: {report.reason}"
        for report in shop.host.reports
        if str(report.state) in ("broken", "suspended")
    ]


def _helpdesk(shop: Any) -> list[str]:
    from ezcore.plugin_api.ports.helpdesk import Helpdesk

    name = shop.settings.support.helpdesk
    if not name or name in shop.host.ports.names(Helpdesk):
        return []
    return [f"ez.support.helpdesk: no active plugin brings the help desk {name}"]


def _database(shop: Any) -> list[str]:
    from ezcore.db.migrate import pending

    behind = pending(shop.engine, shop.host.migrations())
    return [f"the database of {name} is at {at}: run ez migrate" for name, at in behind.items()]


def _invariants(shop: Any) -> list[dict[str, Any]]:
    from ezcore.reports.invariants import report

    return report(shop.work)


def _sentence(invariant: dict[str, Any]) -> str:
    """What is wrong with an invariant."""
    wrong = [
        f"{held['rows']} rows" if held["by"] == "query" else f"{held['name']} is gone or does not refuse"
        for held in invariant["held_by"]
        if held.get("rows") or (held["by"] == "database" and not (held["present"] and held["refuses"]))
    ]
    return f"{invariant['invariant']} is broken ({invariant['promise']}): {', '.join(wrong)}"
