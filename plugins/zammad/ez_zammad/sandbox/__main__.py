"""Runs the imitated Zammad by itself: ``python -m ez_zammad.sandbox --port 14302 --state ./var/zammad``."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from pathlib import Path

from ez_zammad.sandbox import SECRET, make, settings
from ezcore.plugin_api.sandbox import SandboxOptions, serve


def main() -> int:
    """Serve until TERM or INT; prints the server settings that lead here as one line of JSON."""
    parser = argparse.ArgumentParser(prog="python -m ez_zammad.sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--state", type=Path, required=True, help="folder of the state")
    parser.add_argument("--option", action="append", default=[], metavar="NAME=VALUE", help="see app.py")
    parser.add_argument("--webhook-url", help="where signed webhooks are sent")
    parser.add_argument("--webhook-secret", default=SECRET)
    given = parser.parse_args()
    extra = dict(option.split("=", 1) for option in given.option)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    options = SandboxOptions(webhook_url=given.webhook_url, webhook_secret=given.webhook_secret, extra=extra)
    with serve(make(given.state, options), port=given.port) as server:
        sys.stdout.write(json.dumps(settings(server.address, None)) + "\n")
        sys.stdout.flush()
        stop.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
