"""`ez serve`: answers web requests with waitress; behind a proxy in production."""

from __future__ import annotations

import argparse


def arguments(parser: argparse.ArgumentParser) -> None:
    """Where to listen."""
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=6543)
    parser.add_argument("--threads", type=int, default=8)
    parser.add_argument(
        "--lifeline", action="store_true", help="end when standard input ends (for a supervisor)"
    )


def run(args: argparse.Namespace) -> int:
    """Serve until stopped."""
    import signal

    from waitress.server import create_server

    from ezcore.app import make_app, take_in_offers
    from ezcore.cli.configured import open_shop, refuse_empty_database
    from ezcore.tasks.lifeline import exit_when_parent_dies
    from ezcore.web.shared.readable import MAX_UPLOAD

    shop = open_shop(args)
    refuse_empty_database(shop)
    take_in_offers(shop)
    app = make_app(shop)
    server = create_server(
        app,
        host=args.host,
        port=args.port,
        threads=args.threads,
        ident=None,
        max_request_body_size=MAX_UPLOAD,
    )

    def stop(*_signal: object) -> None:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, stop)
    if args.lifeline:
        exit_when_parent_dies(0)
    server.run()
    return 0
