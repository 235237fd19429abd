"""`ez console`: pipes consoles of services to browsers; a small process of its own beside web and worker."""

from __future__ import annotations

import argparse


def arguments(parser: argparse.ArgumentParser) -> None:
    """Where it listens."""
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=6544)
    parser.add_argument(
        "--lifeline", action="store_true", help="end when standard input ends (for a supervisor)"
    )


def run(args: argparse.Namespace) -> int:
    """Serve until stopped."""
    import asyncio
    import logging
    import signal
    from urllib.parse import urlsplit

    from ezcore.cli.configured import open_shop, refuse_empty_database
    from ezcore.consoles.door import Door
    from ezcore.consoles.proxy import Proxy
    from ezcore.tasks.lifeline import exit_when_parent_dies

    logging.getLogger("websockets").setLevel(logging.WARNING)  # its DEBUG shows what is typed, and tickets
    shop = open_shop(args)
    refuse_empty_database(shop)
    site = urlsplit(shop.settings.shop.site_url)
    proxy = Proxy(Door(shop.work, shop.host.ports).open, f"{site.scheme}://{site.netloc}")
    if args.lifeline:
        exit_when_parent_dies(0)

    async def serve() -> None:
        over = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, over.set)
        async with await proxy.listen(args.host, args.port):
            await over.wait()

    asyncio.run(serve())
    return 0
