"""Serves static files of themes and plugins, with a content hash in the address so they cache for ever."""

from __future__ import annotations

import hashlib
import mimetypes
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pyramid.response import Response

from ezcore.themes.chain import ThemeChain

YEAR = 31_536_000
TYPES = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".webp": "image/webp",
}


class StaticFiles:
    """Finds files by name: `app.css` in the themes, `plugins/<name>/x.css` in a plugin, `made` are computed ones."""

    def __init__(
        self,
        chain: ThemeChain,
        plugins: Mapping[str, Path],
        *,
        reload: bool = False,
        made: Mapping[str, bytes] | None = None,
    ) -> None:
        self._folders = [folder / "static" for folder in chain.folders]
        self._plugins = plugins
        self._reload = reload
        self._made = made or {}
        self._known: dict[str, tuple[bytes, str]] = {}

    def url(self, name: str) -> str:
        """The address of a file, with its hash. Raises: LookupError."""
        _, digest = self._load(name)
        return f"/static/{digest}/{name}"

    def has(self, name: str, digest: str | None = None) -> bool:
        """Is there such a file, with this hash?"""
        try:
            _, own = self._load(name)
        except LookupError:
            return False
        return digest in (None, own)

    def answer(self, name: str, digest: str) -> Any:
        """The file, to be kept for ever when the hash of the address is its own. Raises: LookupError."""
        body, own = self._load(name)
        kind = TYPES.get(Path(name).suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
        answer = Response(body=body, content_type=kind, charset="utf-8" if kind.startswith("text/") else None)
        answer.cache_control = f"public, max-age={YEAR}, immutable" if own == digest else "no-cache"
        return answer

    def _load(self, name: str) -> tuple[bytes, str]:
        if name not in self._known or self._reload:
            body = self._made.get(name) or self._path(name).read_bytes()
            self._known[name] = (body, hashlib.sha256(body).hexdigest()[:12])
        return self._known[name]

    def _path(self, name: str) -> Path:
        parts = name.split("/")
        if any(part in ("", ".", "..") or "\\" in part or "\0" in part for part in parts):
            raise LookupError(name)
        folders = self._folders
        if parts[0] == "plugins" and len(parts) > 2 and parts[1] in self._plugins:  # noqa: PLR2004
            folders, parts = [self._plugins[parts[1]]], parts[2:]
        for folder in folders:
            path = folder.joinpath(*parts)
            if path.is_file():
                return path
        raise LookupError(name)
