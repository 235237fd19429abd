"""The console process: a browser's WebSocket with a ticket in front, the vendor's WebSocket behind.

It keeps nothing: a console that breaks is opened again with a new ticket. One process serves many; the vendor is asked
for a console in a thread, everything else is asyncio.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from typing import Any, Final

from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import WebSocketException
from websockets.typing import Origin, Subprotocol

from ezcore.consoles.rfb_login import RfbRefused, Stream, greet_browser, greet_vendor
from ezcore.kernel.errors import EzError
from ezcore.plugin_api.ports.looks import ConsoleTarget

log = logging.getLogger(__name__)

COOKIE: Final = "ez_session"
BINARY: Final = Subprotocol("binary")
REFUSED: Final = 4403
BROKEN: Final = 4502
PATIENCE: Final = 10.0
LARGEST: Final = 4 * 1024 * 1024
MOST: Final = 200
Open = Callable[[str, str | None, str | None], ConsoleTarget]


class _Straight(connect):
    """A connection that follows no redirect: it carries the vendor's credential."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        return exc


@dataclass
class Proxy:
    """Serves consoles. `open` takes ticket, session and address of the visitor; `origin` is the site's."""

    open: Open
    origin: str
    idle: float = 900.0
    open_now: int = 0

    async def listen(self, host: str, port: int) -> Server:
        """Start listening; pages of other sites are refused by their origin."""
        return await serve(
            self._serve, host, port,
            origins=[Origin(self.origin)], subprotocols=[BINARY], compression=None, max_size=LARGEST,
            process_request=_health, open_timeout=PATIENCE, server_header=None,
        )  # fmt: skip

    async def _serve(self, browser: ServerConnection) -> None:
        if self.open_now >= MOST:
            await browser.close(BROKEN, "too many consoles are open; try again soon")
            return
        self.open_now += 1
        try:
            await self._console(browser)
        except EzError as refusal:
            await browser.close(REFUSED, _short(refusal.message))
        except (WebSocketException, OSError, TimeoutError) as error:
            log.info("a console ended: %s", type(error).__name__)
            await browser.close(BROKEN, "the connection to the machine broke")
        finally:
            self.open_now -= 1

    async def _console(self, browser: ServerConnection) -> None:
        async with asyncio.timeout(PATIENCE):
            ticket = await browser.recv()
        ip = browser.remote_address[0] if browser.remote_address else None
        target = await asyncio.to_thread(self.open, str(ticket), _session(browser), ip)
        if target.protocol != "rfb":
            raise RfbRefused("this kind of console is not shown in the browser yet")
        async with _vendor(target) as vendor:
            behind = Stream(vendor.recv, vendor.send)
            front = Stream(browser.recv, browser.send)
            async with asyncio.timeout(3 * PATIENCE):
                await greet_vendor(behind, target.password)
                await greet_browser(front)
            await self._pipe(browser, vendor, front.rest(), behind.rest())

    async def _pipe(
        self, browser: ServerConnection, vendor: ClientConnection, forth: bytes, back: bytes
    ) -> None:
        """Carry bytes until one side leaves, or nobody has moved a key for `idle` seconds."""
        if forth:
            await vendor.send(forth)
        if back:
            await browser.send(back)

        async def inwards() -> None:
            while True:
                await vendor.send(await asyncio.wait_for(browser.recv(), self.idle))

        async def outwards() -> None:
            async for data in vendor:
                await browser.send(data)

        tasks = [asyncio.create_task(inwards()), asyncio.create_task(outwards())]
        _, left = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in left:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _vendor(target: ConsoleTarget) -> connect:
    context: ssl.SSLContext | None = None
    if target.url.startswith("wss://"):
        context = ssl.create_default_context(cafile=target.ca_file)
        if not target.verify:
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return _Straight(
        target.url, ssl=context, additional_headers=target.headers, subprotocols=[BINARY], compression=None,
        max_size=LARGEST, open_timeout=PATIENCE, proxy=None, user_agent_header=None,
    )  # fmt: skip


def _session(browser: ServerConnection) -> str | None:
    """The login's cookie, which the browser sends to every port of the site's host."""
    if browser.request is None:
        return None
    try:
        found = SimpleCookie(browser.request.headers.get("Cookie", "")).get(COOKIE)
    except (CookieError, LookupError):
        return None
    return found.value if found else None


def _health(connection: ServerConnection, request: Any) -> Any:
    """`/health` says that the process lives."""
    return connection.respond(HTTPStatus.OK, "ok\n") if request.path == "/health" else None


def _short(words: str) -> str:
    """A reason that fits into a closing frame (123 bytes)."""
    return words.encode()[:120].decode("utf-8", "ignore")
