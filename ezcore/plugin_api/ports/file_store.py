"""The port that keeps files: documents now, attachments later. A file is written whole and never changed in place."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from typing import Final

from ezcore.kernel.errors import EzError, InvalidInput

_KEY: Final = re.compile(r"[a-z0-9][a-z0-9_.-]*(/[a-z0-9][a-z0-9_.-]*)*")


class FileLost(EzError):
    """The store does not have this file (any more)."""


class FileStore(ABC):
    """Keeps bytes under keys such as `documents/invoice/7-1f0c.pdf`."""

    @abstractmethod
    def put(self, key: str, content: bytes) -> None:
        """Keep the file; it is whole on the disk when this returns, or not there at all. Raises: OSError."""

    @abstractmethod
    def get(self, key: str) -> bytes:
        """The whole file. Raises: FileLost."""


def check_key(key: str) -> str:
    """The key, if it is one: lower case words, digits and `.-_` between slashes. Raises: InvalidInput."""
    if len(key) > 200 or _KEY.fullmatch(key) is None:  # noqa: PLR2004 - the width of the columns that hold keys
        raise InvalidInput(f"{key!r} is no key of a stored file", field="file")
    return key
