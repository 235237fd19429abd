"""Runs the imitated Stripe: `python -m ez_stripe.sandbox --port 12111 --state var/stripe`."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from pathlib import Path

from ez_stripe.sandbox.app import WEBHOOK_SECRET, make
from ezcore.plugin_api.sandbox import SandboxOptions, serve


def main(argv: list[str] | None = None) -> int:
    """Serve until INT or TERM."""
    parser = argparse.ArgumentParser(prog="python -m ez_stripe.sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=12111)
    parser.add_argument("--state", type=Path, required=True, help="folder that keeps the state")
    parser.add_argument("--webhook-url", help="where signed events are sent")
    parser.add_argument("--webhook-secret", default=WEBHOOK_SECRET)
    told = parser.parse_args(argv)
    options = SandboxOptions(webhook_url=told.webhook_url, webhook_secret=told.webhook_secret)
    ended = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: ended.set())
    with serve(make(told.state, options), told.host, told.port) as running:
        sys.stdout.write(f"Stripe sandbox at {running.address} (state in {told.state})\n")
        sys.stdout.flush()
        ended.wait()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
