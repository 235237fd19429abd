"""The greetings of RFB 3.8 (RFC 6143): ours to the vendor with its password, ours to the browser without one.

So the vendor's password never reaches the browser: a ticket has proved who may come in.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, modes

from ezcore.kernel.errors import EzError

VERSION: Final = b"RFB 003.008\n"
NO_PASSWORD: Final = 1
VNC_PASSWORD: Final = 2
MOST_WORDS: Final = 500


class RfbRefused(EzError):
    """The vendor's screen does not speak as it should, or refuses the password."""


class Stream:
    """Messages of a WebSocket as one stream of bytes."""

    def __init__(
        self, receive: Callable[[], Awaitable[str | bytes]], send: Callable[[bytes], Awaitable[None]]
    ) -> None:
        self._receive, self.send, self._buffer = receive, send, bytearray()

    async def exact(self, size: int) -> bytes:
        """The next `size` bytes."""
        while len(self._buffer) < size:
            data = await self._receive()
            self._buffer += data.encode() if isinstance(data, str) else data
        found = bytes(self._buffer[:size])
        del self._buffer[:size]
        return found

    def rest(self) -> bytes:
        """What was received and not read."""
        return bytes(self._buffer)


async def greet_vendor(vendor: Stream, password: str | None) -> None:
    """Get in at the vendor. Raises: RfbRefused."""
    theirs = await vendor.exact(len(VERSION))
    if not theirs.startswith(b"RFB 003.") or theirs < b"RFB 003.007":
        raise RfbRefused("the vendor's screen speaks no RFB 3.8")
    await vendor.send(VERSION)
    count = (await vendor.exact(1))[0]
    if count == 0:
        raise RfbRefused(await _words(vendor))
    offered = await vendor.exact(count)
    if VNC_PASSWORD in offered and password is not None:
        await vendor.send(bytes([VNC_PASSWORD]))
        await vendor.send(answer_to(await vendor.exact(16), password))
    elif NO_PASSWORD in offered:
        await vendor.send(bytes([NO_PASSWORD]))
    else:
        raise RfbRefused("the vendor's screen asks for a login that we do not know")
    if int.from_bytes(await vendor.exact(4), "big") != 0:
        raise RfbRefused(await _words(vendor))


async def greet_browser(browser: Stream) -> None:
    """Let the browser in: its ticket was its password. Raises: RfbRefused."""
    await browser.send(VERSION)
    if await browser.exact(len(VERSION)) != VERSION:
        raise RfbRefused("the browser speaks no RFB 3.8")
    await browser.send(bytes([1, NO_PASSWORD]))
    if (await browser.exact(1))[0] != NO_PASSWORD:
        raise RfbRefused("the browser wants another login")
    await browser.send(bytes(4))


def answer_to(challenge: bytes, password: str) -> bytes:
    """The answer to a challenge: DES, with the bits of each byte of the password turned round."""
    key = bytes(int(f"{byte:08b}"[::-1], 2) for byte in password.encode()[:8].ljust(8, b"\0"))
    cipher = Cipher(TripleDES(key * 3), modes.ECB()).encryptor()  # noqa: S305  # nosec B305 - RFC 6143
    return cipher.update(challenge) + cipher.finalize()


async def _words(vendor: Stream) -> str:
    size = int.from_bytes(await vendor.exact(4), "big")
    said = (await vendor.exact(min(size, MOST_WORDS))).decode("utf-8", "replace")
    return f"the vendor's screen refuses: {said}"
