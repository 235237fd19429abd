"""Files in a folder under `ez.state_dir`: what every process of an installation shares beside its database."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import NamedTemporaryFile

from ezcore.plugin_api.ports.file_store import FileLost, FileStore, check_key
from ezcore.settings import Settings


class FolderStore(FileStore):
    """Keys are paths below one folder. A file appears whole or not at all, also when the disk is full."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, key: str, content: bytes) -> None:
        """Write beside, flush, then rename: readers see the old file or the new one. Raises: OSError, InvalidInput."""
        path = self._folder / check_key(key)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
        with NamedTemporaryFile(dir=path.parent, prefix=".part-", delete=False) as part:
            try:
                part.write(content)
                part.flush()
                os.fsync(part.fileno())
                Path(part.name).replace(path)
            except BaseException:
                Path(part.name).unlink(missing_ok=True)
                raise

    def get(self, key: str) -> bytes:
        """Read it whole. Raises: FileLost, InvalidInput."""
        try:
            return (self._folder / check_key(key)).read_bytes()
        except OSError as error:
            raise FileLost(f"the file {key} cannot be read: {error.strerror}") from error


def choose_store(settings: Settings) -> FileStore:
    """Where this installation keeps its files."""
    return FolderStore(settings.state_dir / "files")
