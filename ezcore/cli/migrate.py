"""`ez migrate`: brings the database up to date; two at once wait for each other."""

from __future__ import annotations

import argparse
import sys


def arguments(parser: argparse.ArgumentParser) -> None:
    """No options."""
    parser.description = "Runs the migrations of the core and of every active plugin under one lock."


def run(args: argparse.Namespace) -> int:
    """Migrate, then take in what plugins offer."""
    from ezcore.app import take_in_offers
    from ezcore.cli.configured import open_shop

    shop = open_shop(args)
    shop.migrate()
    take_in_offers(shop)
    print("the database is up to date", file=sys.stderr)
    return 0
