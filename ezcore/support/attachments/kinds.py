"""Which files may come with a message: the ending says what it claims to be, the first bytes must agree.

Nothing is unpacked, decoded or measured here: an archive or a picture is bytes to be saved, whatever size it claims.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

Agrees = Callable[[bytes], bool]


def _begins(*beginnings: bytes) -> Agrees:
    return lambda content: content.startswith(beginnings)


def _is_text(content: bytes) -> bool:
    if b"\0" in content:
        return False
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _is_webp(content: bytes) -> bool:
    return content[:4] == b"RIFF" and content[8:12] == b"WEBP"


_ZIP: Final = _begins(b"PK\x03\x04")
KINDS: Final[dict[str, Agrees]] = {
    "png": _begins(b"\x89PNG\r\n\x1a\n"),
    "jpg": _begins(b"\xff\xd8\xff"),
    "jpeg": _begins(b"\xff\xd8\xff"),
    "gif": _begins(b"GIF87a", b"GIF89a"),
    "webp": _is_webp,
    "pdf": _begins(b"%PDF-"),
    "txt": _is_text,
    "log": _is_text,
    "csv": _is_text,
    "zip": _ZIP,
    "docx": _ZIP,
    "xlsx": _ZIP,
    "odt": _ZIP,
    "ods": _ZIP,
    "gz": _begins(b"\x1f\x8b\x08"),
}
"""By ending, in small letters. What a browser would run (HTML, SVG, XML, scripts) is not here and cannot be allowed."""


def agrees(ending: str, content: bytes) -> bool:
    """Is this content what its ending says? False for an ending that we do not know."""
    found = KINDS.get(ending)
    return found is not None and found(content)
