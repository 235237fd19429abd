"""Runs the imitated registry by itself: ``python -m ez_epp.sandbox --epp-port 14700 --state ./var/epp``."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from pathlib import Path

from ez_epp.sandbox import make, settings
from ez_epp.sandbox.app import EppSandbox
from ezcore.plugin_api.sandbox import SandboxOptions, serve


def main() -> int:
    """Serve until TERM or INT; prints the settings that lead here as one line of JSON."""
    parser = argparse.ArgumentParser(prog="python -m ez_epp.sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="of the controls, over HTTP")
    parser.add_argument("--epp-port", type=int, default=0)
    parser.add_argument("--state", type=Path, required=True, help="folder of the state")
    given = parser.parse_args()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    app = make(given.state, SandboxOptions(extra={"epp_port": str(given.epp_port)}))
    if not isinstance(app, EppSandbox):
        raise TypeError("not the imitated registry")
    with serve(app, port=given.port):
        sys.stdout.write(json.dumps(settings(app.address, app.ca_file)) + "\n")
        sys.stdout.flush()
        stop.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
