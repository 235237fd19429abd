"""`ez staff add`: the first member of staff, and later ones; there is no other door for the first."""

from __future__ import annotations

import argparse
import getpass
import os


def arguments(parser: argparse.ArgumentParser) -> None:
    """Who."""
    verbs = parser.add_subparsers(dest="verb", required=True)
    add = verbs.add_parser("add", help="the password is asked for, or read from EZ_STAFF_PASSWORD")
    add.add_argument("email")
    add.add_argument("--name", required=True)
    add.add_argument("--role", default="owner", help="owner, billing or support")
    add.add_argument("-c", "--config", metavar="INI", default=argparse.SUPPRESS)


def run(args: argparse.Namespace) -> int:
    """Add them."""
    from ezcore.accounts.operations import make_staff
    from ezcore.cli.configured import open_shop

    shop = open_shop(args)
    password = os.environ.get("EZ_STAFF_PASSWORD") or getpass.getpass("Password: ")
    with shop.work.write() as uow:
        make_staff(uow, args.email, args.name, password, args.role)
    print(f"{args.email} can log in as {args.role}")
    return 0
