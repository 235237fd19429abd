"""`ez demo`: a whole hosting company on this machine; web, worker and vendor sandboxes under one supervisor."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path


def arguments(parser: argparse.ArgumentParser) -> None:
    """Where it listens, and whether it starts anew."""
    parser.add_argument("--fresh", action="store_true", help="throw away ./var and start anew")
    parser.add_argument("--port", type=int, default=6543, help="web port (default 6543)")
    parser.add_argument("--state", type=Path, default=Path("var"), help="folder of its state (default ./var)")
    parser.add_argument("--no-history", action="store_true", help="skip the year of history")


def run(args: argparse.Namespace) -> int:
    """Prepare, start the children, print where to go, watch until stopped."""
    from ezcore.cli.demo_setup import prepare
    from ezcore.cli.supervisor import Supervisor

    demo = prepare(args.state, port=args.port, fresh=args.fresh, config=args.config)
    supervisor = Supervisor()
    supervisor.install_signals()
    ez = [sys.executable, "-m", "ezcore.cli.main"]
    ini = ["-c", str(demo.ini)]
    supervisor.start("sandboxes", [sys.executable, "-m", "ezcore.cli.sandboxes", str(demo.plan)])
    supervisor.wait_until(demo.sandboxes_answer, 30, "the vendor sandboxes do not answer")
    demo.seed(history=not args.no_history)
    supervisor.start("worker", [*ez, "worker", *ini, "--lifeline"])
    supervisor.start("web", [*ez, "serve", *ini, "--lifeline", "--port", str(args.port)])
    supervisor.start("console", [*ez, "console", *ini, "--lifeline", "--port", str(demo.console_port)])
    supervisor.wait_until(demo.web_answers, 30, "the web process does not answer")
    supervisor.wait_until(demo.console_answers, 30, "the console process does not answer")
    print(demo.welcome(), flush=True)
    return supervisor.watch()
