"""`ez audit verify`: recompute the chain of seals over the audit trail."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict


def arguments(parser: argparse.ArgumentParser) -> None:
    """One verb."""
    verbs = parser.add_subparsers(dest="verb", required=True)
    verify = verbs.add_parser("verify", help="exit 1 when a sealed row was changed")
    verify.add_argument("--json", action="store_true")
    verify.add_argument("-c", "--config", metavar="INI", default=argparse.SUPPRESS)


def run(args: argparse.Namespace) -> int:
    """Verify."""
    from ezcore.audit.sealer import verify
    from ezcore.cli.configured import open_shop

    with open_shop(args).work.read() as uow:
        verdict = verify(uow)
    if args.json:
        print(json.dumps(asdict(verdict)))
    elif verdict.broken_at is None:
        print(
            f"{verdict.rows} rows under {verdict.seals} seals are as they were; {verdict.unsealed} not yet sealed"
        )
    else:
        print(f"BROKEN: seal {verdict.broken_at} does not match its rows")
    return 0 if verdict.broken_at is None else 1
