"""A screen that imitated vendors show over RFB 3.8 (RFC 6143): raw pixels, VNC password, keys change its colour."""

from __future__ import annotations

import hmac
import os
import struct
from dataclasses import dataclass, field
from typing import Final

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, modes

from ezcore.plugin_api.sandbox.sockets import SandboxSocket, SocketClosed

VERSION: Final = b"RFB 003.008\n"
VNC_PASSWORD: Final = 2
FORMAT: Final = struct.Struct(">BBBBHHHBBB3x")
OURS: Final = (32, 24, 0, 1, 255, 255, 255, 16, 8, 0)
SET_FORMAT, SET_ENCODINGS, ASK_UPDATE, KEY, POINTER, CUT_TEXT = 0, 2, 3, 4, 5, 6
COLOURS: Final = ((23, 78, 166), (22, 128, 94), (180, 83, 9), (136, 19, 55))


@dataclass
class Screen:
    """One picture of `width` x `height` pixels with a bright frame; every key pressed changes its colour."""

    password: str
    title: str = "console"
    width: int = 320
    height: int = 200
    keys: list[int] = field(default_factory=list)

    def talk(self, socket: SandboxSocket) -> None:
        """Serve one viewer until it leaves."""
        try:
            if self._greet(socket):
                self._show(socket)
        except SocketClosed:
            return
        finally:
            socket.close()

    def _greet(self, socket: SandboxSocket) -> bool:
        socket.send(VERSION)
        if socket.exact(len(VERSION)) != VERSION:
            return False
        socket.send(bytes([1, VNC_PASSWORD]))
        challenge = os.urandom(16)
        if socket.exact(1)[0] != VNC_PASSWORD:
            return False
        socket.send(challenge)
        if not hmac.compare_digest(socket.exact(16), answer_to(challenge, self.password)):
            words = b"Authentication failed"
            socket.send(struct.pack(">II", 1, len(words)) + words)
            return False
        socket.send(struct.pack(">I", 0))
        socket.exact(1)
        title = self.title.encode()
        size = struct.pack(">HH", self.width, self.height)
        socket.send(size + FORMAT.pack(*OURS) + struct.pack(">I", len(title)) + title)
        return True

    def _show(self, socket: SandboxSocket) -> None:
        shifts, asked, shown = OURS[7:10], False, -1
        while True:
            kind = socket.exact(1)[0]
            if kind == SET_FORMAT:
                shifts = FORMAT.unpack(socket.exact(19)[3:])[7:10]
            elif kind == SET_ENCODINGS:
                socket.exact(4 * struct.unpack(">xH", socket.exact(3))[0])
            elif kind == ASK_UPDATE:
                asked = True
                shown = shown if socket.exact(9)[0] else -1
            elif kind == KEY:
                down, key = struct.unpack(">B2xI", socket.exact(7))
                self.keys += [key] if down else []
            elif kind == POINTER:
                socket.exact(5)
            elif kind == CUT_TEXT:
                socket.exact(struct.unpack(">3xI", socket.exact(7))[0])
            else:
                return
            if asked and shown != len(self.keys):
                asked, shown = False, len(self.keys)
                socket.send(
                    struct.pack(">BxH4Hi", 0, 1, 0, 0, self.width, self.height, 0) + self._pixels(shifts)
                )

    def _pixels(self, shifts: tuple[int, ...]) -> bytes:
        def pixel(colour: tuple[int, int, int]) -> bytes:
            value = sum(part << shift for part, shift in zip(colour, shifts, strict=True))
            return struct.pack("<I", value)

        edge, inside = pixel((250, 204, 21)), pixel(COLOURS[len(self.keys) % len(COLOURS)])
        full = edge * self.width
        row = edge * 8 + inside * (self.width - 16) + edge * 8
        return full * 8 + row * (self.height - 16) + full * 8


def answer_to(challenge: bytes, password: str) -> bytes:
    """What a viewer that knows the password answers: DES with the bits of each key byte turned round."""
    key = bytes(int(f"{byte:08b}"[::-1], 2) for byte in password.encode()[:8].ljust(8, b"\0"))
    cipher = Cipher(TripleDES(key * 3), modes.ECB()).encryptor()  # noqa: S305  # nosec B305 - RFC 6143
    return cipher.update(challenge) + cipher.finalize()
