"""What an uploaded picture is, read from its first bytes. Nothing is decoded: it is small, whole, and of a kind.

What a browser would run (SVG, HTML) is none of the kinds, whatever its name says.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from ezcore.kernel.errors import InvalidInput

FIELD: Final = "logo"
LARGEST_KB: Final = 200
MOST_PIXELS: Final = 2000
"""On either side: a logo is shown two lines high."""
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_BARE: Final = frozenset(range(0xD0, 0xD8)) | {0x01}
Size = tuple[int, int]


@dataclass(frozen=True)
class Picture:
    """A picture: `kind` is its ending, width and height are in pixels."""

    kind: str
    width: int
    height: int


def read_picture(content: bytes) -> Picture:
    """What this is. Raises: InvalidInput (`logo`) when it is empty, too large, cut off or none of our kinds."""
    if not content:
        raise InvalidInput("Choose a picture", field=FIELD)
    if len(content) > LARGEST_KB * 1024:
        raise InvalidInput(f"This picture is larger than {LARGEST_KB} kB", field=FIELD)
    for kind, measure in _measures().items():
        try:
            size = measure(content)
        except (struct.error, IndexError):
            size = (0, 0)
        if size is not None:
            return _checked(Picture(kind, *size))
    raise InvalidInput("This is no PNG, JPEG or WebP picture", field=FIELD)


def _checked(picture: Picture) -> Picture:
    if not (picture.width and picture.height):
        raise InvalidInput("This picture is cut off or broken", field=FIELD)
    if max(picture.width, picture.height) > MOST_PIXELS:
        raise InvalidInput(f"This picture is larger than {MOST_PIXELS} pixels on a side", field=FIELD)
    return picture


def _measures() -> Mapping[str, Callable[[bytes], Size | None]]:
    """By kind: its width and height, (0, 0) when it is not whole, None when it is something else."""
    return {"png": _png, "jpg": _jpeg, "webp": _webp}


def _png(content: bytes) -> Size | None:
    if not content.startswith(b"\x89PNG\r\n\x1a\n"):
        return None
    if content[12:16] != b"IHDR" or content[-8:-4] != b"IEND":
        return (0, 0)
    width, height = struct.unpack(">II", content[16:24])
    return width, height


def _jpeg(content: bytes) -> Size | None:
    if not content.startswith(b"\xff\xd8\xff"):
        return None
    if not content.endswith(b"\xff\xd9"):
        return (0, 0)
    at = 2
    while content[at] == 0xFF:  # noqa: PLR2004 - every segment begins with it
        marker = content[at + 1]
        if marker in _FRAMES:
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return width, height
        at += 2 if marker in _BARE else 2 + struct.unpack(">H", content[at + 2 : at + 4])[0]
    return (0, 0)


def _webp(content: bytes) -> Size | None:
    if content[:4] != b"RIFF" or content[8:12] != b"WEBP":
        return None
    if struct.unpack("<I", content[4:8])[0] + 8 != len(content):
        return (0, 0)
    kind = content[12:16]
    if kind == b"VP8X":
        return _three(content, 24) + 1, _three(content, 27) + 1
    if kind == b"VP8L":
        bits = struct.unpack("<I", content[21:25])[0]
        return (bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1
    if kind == b"VP8 ":
        width, height = struct.unpack("<HH", content[26:30])
        return width & 0x3FFF, height & 0x3FFF
    return (0, 0)


def _three(content: bytes, at: int) -> int:
    return int.from_bytes(content[at : at + 3], "little")
