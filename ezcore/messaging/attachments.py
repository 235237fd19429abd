"""Files that go with a mail: named by their key in the file store, read when the mail leaves."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Attachment:
    """`file` is the key in the store (it may be made a little later), `name` what the reader sees."""

    file: str
    name: str
    content_type: str


@dataclass(frozen=True)
class AttachedFile:
    """An attachment with its bytes, ready to go."""

    name: str
    content_type: str
    content: bytes
