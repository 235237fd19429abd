"""Makes a PNG smaller without touching a pixel: Chromium packs quickly, not well."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

_HEAD = 8


def repack(png: bytes) -> bytes:
    """The same picture, its data packed as tightly as zlib can."""
    chunks = list(_chunks(png))
    data = zlib.compress(zlib.decompress(b"".join(body for kind, body in chunks if kind == b"IDAT")), 9)
    kept = [(kind, body) for kind, body in chunks if kind in (b"IHDR", b"PLTE")]
    return png[:_HEAD] + b"".join(_chunk(*one) for one in [*kept, (b"IDAT", data), (b"IEND", b"")])


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = _HEAD
    while at < len(png):
        (length,) = struct.unpack_from(">I", png, at)
        yield png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        at += 12 + length


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
