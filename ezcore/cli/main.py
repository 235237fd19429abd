"""`ez`: reads the command and hands over to its file. Pyramid is imported only by the commands that serve pages."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Sequence

from ezcore.kernel.errors import EzError

# command: (module, what it does)
COMMANDS = {
    "demo": ("demo", "a whole hosting company on this machine, with vendor sandboxes"),
    "smoke": ("smoke", "walk the main job of a running demo over HTTP"),
    "serve": ("serve", "answer web requests"),
    "worker": ("worker", "run jobs, relay events, keep the schedule"),
    "console": ("console", "pipe consoles of services to browsers"),
    "migrate": ("migrate", "bring the database up to date"),
    "check": ("check", "is this installation in order?"),
    "run": ("run", "run one automation task now, or preview it"),
    "resume": ("resume", "go on after an old backup was suspected"),
    "bench": ("bench", "measure the billing run against its floor"),
    "simulate": ("simulate", "months of a shop on a virtual clock, in a scratch database"),
    "jobs": ("jobs", "list, show and retry durable jobs"),
    "servers": ("servers", "list servers, try whether they answer"),
    "drift": ("drift", "where our books and the vendors differ"),
    "events": ("events", "replay webhook events"),
    "plugin": ("plugin", "list plugins"),
    "theme": ("theme", "list themes, check one, write a new one"),
    "tickets": ("tickets", "take in mail of the support desk"),
    "staff": ("staff", "add a member of staff"),
    "audit": ("audit", "verify the audit trail"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code. 2 for a wrong command line, 1 for a failure that was explained."""
    parser = argparse.ArgumentParser(prog="ez", description="ezcore: sells, bills and delivers hosting")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (file, note) in COMMANDS.items():
        command = commands.add_parser(name, help=note, description=note)
        command.add_argument(
            "-c", "--config", metavar="INI", help="default: $EZ_CONFIG, else ./development.ini"
        )
        command.set_defaults(file=file)
        importlib.import_module(f"ezcore.cli.{file}").arguments(command)
    args = parser.parse_args(argv)
    module = importlib.import_module(f"ezcore.cli.{args.file}")
    from ezcore.cli.configured import fail, set_up_logging

    set_up_logging()
    try:
        code: int = module.run(args)
    except EzError as error:
        return fail(error.message)
    except KeyboardInterrupt:
        return 130
    return code


if __name__ == "__main__":
    raise SystemExit(main())
