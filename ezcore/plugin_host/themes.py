"""Theme chain lookup: child theme, its parents, plugins' own templates, base last."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ezcore.kernel.resources import find_tree
from ezcore.settings import SettingsError

LAST = "base"


@dataclass(frozen=True)
class ThemeChain:
    """Folders to search, the request's theme first. A plugin's template is asked for as `plugin/<name>/...`; a theme
    may override it under that same path."""

    names: tuple[str, ...]
    folders: tuple[Path, ...]
    plugins: Mapping[str, Path]

    def find(self, spec: str) -> tuple[Path, str]:
        """The folder and path of a template; `base:layouts/client.pt` looks in one theme only. Raises: LookupError."""
        name, _, path = spec.rpartition(":")
        if ".." in path.split("/") or path.startswith("/"):
            raise LookupError(spec)
        folders = [self.folders[self.names.index(name)]] if name in self.names else list(self.folders)
        for folder in folders:
            if (folder / path).is_file():
                return folder, path
        parts = path.split("/", 2)
        if parts[0] == "plugin" and len(parts) == 3 and parts[1] in self.plugins:  # noqa: PLR2004
            folder = self.plugins[parts[1]]
            if (folder / parts[2]).is_file():
                return folder, parts[2]
        raise LookupError(f"no theme of {', '.join(self.names)} has {spec}")


def theme_chain(name: str, plugins: Mapping[str, Path]) -> ThemeChain:
    """The chain of a theme, read from each `theme.toml`. Raises: SettingsError for an unknown theme or a circle."""
    tree = find_tree("themes")
    names: list[str] = []
    current: str | None = name
    while current is not None:
        folder = tree / current
        if current in names or not (folder / "theme.toml").is_file():
            raise SettingsError(f"ez.theme: there is no theme {current!r}, or its parents go in a circle")
        names.append(current)
        current = _parent(folder)
    return ThemeChain(tuple(names), tuple(tree / theme for theme in names), plugins)


def _parent(folder: Path) -> str | None:
    facts = tomllib.loads((folder / "theme.toml").read_text(encoding="utf-8"))
    parent = facts.get("parent")
    return str(parent) if parent else (None if folder.name == LAST else LAST)
