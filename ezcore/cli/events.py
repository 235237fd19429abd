"""`ez events replay`: process a stored webhook event again."""

from __future__ import annotations

import argparse


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which event."""
    verbs = parser.add_subparsers(dest="verb", required=True)
    replay = verbs.add_parser("replay", help="process one stored event again; effects still happen once")
    replay.add_argument("source")
    replay.add_argument("external_id")
    replay.add_argument("-c", "--config", metavar="INI", default=argparse.SUPPRESS)


def run(args: argparse.Namespace) -> int:
    """Queue it."""
    from sqlalchemy import select

    from ezcore.cli.configured import open_shop
    from ezcore.jobs.inbox.models import WebhookEvent
    from ezcore.jobs.inbox.operations import replay

    shop = open_shop(args)
    with shop.work.write() as uow:
        event = uow.session.scalars(
            select(WebhookEvent).where(
                WebhookEvent.source == args.source, WebhookEvent.external_id == args.external_id
            )
        ).first()
        if event is None:
            print(f"{args.source} never sent {args.external_id}")
            return 1
        replay(uow, shop.inbox_kind, event)
    print("queued")
    return 0
