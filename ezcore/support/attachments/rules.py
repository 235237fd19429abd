"""Pure rules of uploads: how many, how large, of which kind, and under which name they are shown."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from ezcore.kernel.errors import InvalidInput
from ezcore.settings.support import Support
from ezcore.support.attachments.kinds import agrees

FIELD: Final = "files"
LONGEST_NAME: Final = 120
_PLAIN: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._- ")


@dataclass(frozen=True)
class Upload:
    """A file as it was sent: the name is the sender's word, and is believed nowhere."""

    name: str
    content: bytes


def check(uploads: Sequence[Upload], limits: Support) -> list[Upload]:
    """The files with clean names. Raises: InvalidInput at `files`, naming the file and what is wrong with it."""
    if len(uploads) > limits.attachment_files:
        raise _wrong(f"At most {limits.attachment_files} files at a time")
    return [_checked(one, limits) for one in uploads]


def clean_name(name: str) -> str:
    """The last part of a name as one line without control or direction characters; its ending is kept."""
    last = name.replace("\\", "/").rpartition("/")[2]
    shown = "".join(char for char in last if unicodedata.category(char)[0] != "C")
    stem, dot, ending = " ".join(shown.split()).rpartition(".")
    return f"{stem[: LONGEST_NAME - len(ending) - 1]}{dot}{ending}"[:LONGEST_NAME]


def ending_of(name: str) -> str:
    """The ending in small letters; empty when there is none, as in `README` and `.htaccess`."""
    stem, _, ending = name.rpartition(".")
    return ending.lower() if stem.strip(". ") else ""


def disposition(name: str) -> str:
    """The Content-Disposition of a download: saved, never shown; the name cannot leave its quotes (RFC 6266)."""
    plain = "".join(char if char in _PLAIN else "_" for char in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _checked(upload: Upload, limits: Support) -> Upload:
    name = clean_name(upload.name)
    ending = ending_of(name)
    if ending not in limits.kinds:
        allowed = ", ".join(limits.kinds)
        raise _wrong(f"{name or 'A file without a name'} is of a kind that we do not take. We take {allowed}")
    if not upload.content:
        raise _wrong(f"{name} is empty")
    if len(upload.content) > limits.attachment_mb * 1024 * 1024:
        raise _wrong(f"{name} is larger than {limits.attachment_mb} MB")
    if not agrees(ending, upload.content):
        raise _wrong(f"{name} is not what its ending says")
    return Upload(name, upload.content)


def _wrong(words: str) -> InvalidInput:
    return InvalidInput(words, field=FIELD)
