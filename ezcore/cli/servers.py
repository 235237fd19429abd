"""`ez servers`: list the servers, or try whether they let us in."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from typing import Any


def arguments(parser: argparse.ArgumentParser) -> None:
    """What to do."""
    verbs = parser.add_subparsers(dest="verb", required=True)
    listing = verbs.add_parser("list", help="servers with how full they are")
    listing.add_argument("--json", action="store_true")
    testing = verbs.add_parser("test", help="try the connection of one server, or of all in use")
    testing.add_argument("name", nargs="?")
    for one in (listing, testing):
        one.add_argument("-c", "--config", metavar="INI", default=argparse.SUPPRESS)


def run(args: argparse.Namespace) -> int:
    """Print a line per server. 1 when a tested one does not answer."""
    from sqlalchemy import select

    from ezcore.cli.configured import fail, open_shop
    from ezcore.services.servers.models import Server
    from ezcore.services.servers.placement import accounts_per_server

    shop = open_shop(args)
    with shop.work.read() as uow:
        rows = uow.session.scalars(select(Server).order_by(Server.module, Server.name)).all()
        used = accounts_per_server(uow, [row.id for row in rows])
    if args.verb == "list":
        found = [
            {
                "name": row.name,
                "module": row.module,
                "state": "maintenance" if row.maintenance else "in use" if row.active else "not in use",
                "accounts": used.get(row.id, 0),
                "capacity": row.capacity,
                "tested_at": row.tested_at.isoformat() if row.tested_at else None,
                "problem": row.test_problem,
            }
            for row in rows
        ]
        print(json.dumps(found, indent=1) if args.json else "\n".join(map(_line, found)) or "no server yet")
        return 0
    chosen = (
        [row for row in rows if row.name == args.name] if args.name else [row for row in rows if row.active]
    )
    if not chosen:
        return fail(f"there is no server {args.name!r}" if args.name else "there is no server in use")
    return max([_test(shop, row.id, row.name) for row in chosen])


def _test(shop: Any, number: int, name: str) -> int:
    from ezcore.kernel.actor import SYSTEM
    from ezcore.kernel.errors import Refused
    from ezcore.services.servers.asking import test_server
    from ezcore.services.servers.models import Server

    try:
        report = test_server(shop.work, SYSTEM, shop.host.ports, number)
    except Refused as refusal:
        print(f"{name}: {refusal.message}")
        return 1
    if report is not None:
        print(f"{name}: answers, version {report.version}")
        for warning in report.warnings:
            print(f"  {warning}")
        return 0
    with shop.work.read() as uow:
        print(f"{name}: {uow.session.get_one(Server, number).test_problem}")
    return 1


def _line(row: Mapping[str, object]) -> str:
    limit = "" if row["capacity"] is None else f" of {row['capacity']}"
    return f"{row['name']}  {row['module']}  {row['state']}  {row['accounts']}{limit} accounts"
