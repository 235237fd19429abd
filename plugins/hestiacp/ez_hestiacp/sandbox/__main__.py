"""Runs the imitated server by itself: ``python -m ez_hestiacp.sandbox --port 8083 --state ./var/hestiacp``."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from pathlib import Path

from ez_hestiacp.sandbox import make, settings
from ezcore.plugin_api.sandbox import SandboxOptions, make_ca, serve, server_context


def main() -> int:
    """Serve until TERM or INT; prints the server settings that lead here as one line of JSON."""
    parser = argparse.ArgumentParser(prog="python -m ez_hestiacp.sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument(
        "--state", type=Path, required=True, help="folder of the state and of the certificate authority"
    )
    parser.add_argument("--option", action="append", default=[], metavar="NAME=VALUE", help="see seed.py")
    given = parser.parse_args()
    extra = dict(option.split("=", 1) for option in given.option)
    context = server_context(given.state)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with serve(
        make(given.state, SandboxOptions(extra=extra)), port=given.port, ssl_context=context
    ) as server:
        sys.stdout.write(json.dumps(settings(server.address, make_ca(given.state).certificate)) + "\n")
        sys.stdout.flush()
        stop.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
