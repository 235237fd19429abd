"""Frames over TLS (RFC 5734): four bytes of length, themselves included, then XML."""

from __future__ import annotations

import socket
import ssl
import struct
import time
from typing import Final

from ez_epp.settings import EppSettings

HEADER: Final = 4
LARGEST_FRAME: Final = 1_000_000


class OddFrame(Exception):
    """What came is no frame that we read."""


class Wire:
    """One TLS connection, with the registry's certificate checked. Raises: OSError when there is none to be had."""

    def __init__(self, settings: EppSettings) -> None:
        context = ssl.create_default_context(cafile=settings.ca_file or None)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if settings.client_certificate:
            context.load_cert_chain(settings.client_certificate)
        plain = socket.create_connection((settings.host, settings.port), settings.timeout)
        try:
            self._socket = context.wrap_socket(plain, server_hostname=settings.host)
        except BaseException:
            plain.close()
            raise

    def send(self, xml: bytes, deadline: float) -> None:
        """Send one frame. Raises: OSError."""
        self._socket.settimeout(_left(deadline))
        self._socket.sendall(struct.pack(">I", len(xml) + HEADER) + xml)

    def take(self, deadline: float) -> bytes:
        """Read one frame, however it is cut. Raises: OSError, OddFrame (too large, too small)."""
        (length,) = struct.unpack(">I", self._exactly(HEADER, deadline))
        if not HEADER < length <= LARGEST_FRAME:
            raise OddFrame(f"a frame of {length} bytes")
        return self._exactly(length - HEADER, deadline)

    def alive(self) -> bool:
        """Is the connection still open, with nothing unasked in it?"""
        self._socket.settimeout(0)
        try:
            self._socket.recv(1)
        except (ssl.SSLWantReadError, BlockingIOError):
            return True
        except OSError:
            return False
        return False

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def _exactly(self, size: int, deadline: float) -> bytes:
        pieces, missing = [], size
        while missing:
            self._socket.settimeout(_left(deadline))
            piece = self._socket.recv(min(missing, 65_536))
            if not piece:
                raise ConnectionResetError("the registry hung up")
            pieces.append(piece)
            missing -= len(piece)
        return b"".join(pieces)


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("no answer in time")
    return left
