"""`ez smoke URL`: walks the main job of a running demo over HTTP and prints one line of JSON.

A new client signs up, follows the verification link from the mail sink, orders a server, pays on the gateway's sandbox
page, and waits for the service. `vms` and `payments` count this run's order only, `ledger_sum` is the whole ledger.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which demo, and whether the vendors misbehave."""
    parser.add_argument(
        "url", nargs="?", help="address of the running demo (default: the one of its state folder)"
    )
    parser.add_argument(
        "--faults", action="store_true", help="duplicate and reorder webhooks, lose the answer of clone"
    )
    parser.add_argument("--state", type=Path, default=Path("var"), help="folder of the demo (default ./var)")
    parser.add_argument("--wait", type=float, default=90.0, help="seconds to wait for the service")


def run(args: argparse.Namespace) -> int:
    """Walk; exit 0 when everything is as promised."""
    from ezcore.cli.browser import WalkFailed
    from ezcore.cli.walk import Vendors, walk

    try:
        facts = json.loads((args.state / "demo.json").read_text(encoding="utf-8"))
    except OSError as error:
        print(
            f"ez: {args.state}/demo.json cannot be read ({error.strerror}): is the demo running?",
            file=sys.stderr,
        )
        return 1
    vendors = Vendors(facts["sandboxes"], facts["ca"])
    if args.faults:
        vendors.misbehave()
    try:
        found = walk((args.url or facts["address"]).rstrip("/"), vendors, facts["logins"], args.wait)
    except WalkFailed as error:
        found = {"ok": False, "error": error.message}
    finally:
        vendors.behave()
    print(json.dumps(found))
    return 0 if found["ok"] else 1
